# SPDX-License-Identifier: Apache-2.0
"""What CPython's base64 and binascii make of many inputs, as lines for check_vectors."""
import base64
import binascii
import random

random.seed(1)


def line(op, codec, dialect, data, result):
    print(op, codec, dialect, "-", data.hex() or "-", result if result == "!" else result.hex() or "-")


def strict(codec, text):
    """Padding and alphabet by CPython's strict mode; extra bits, which it lets pass, by round trip."""
    try:
        if codec == "hex":
            data = binascii.unhexlify(text)
            again = binascii.hexlify(data)
            text = text.lower()
        else:
            if b"=" in text.rstrip(b"=") or text.startswith(b"="):
                raise ValueError
            data = base64.b64decode(text, validate=True)
            again = base64.b64encode(data)
        if again != text:
            raise ValueError
    except ValueError:
        line("valid", codec, "rfc4648", text, "!")
    else:
        line("valid", codec, "rfc4648", text, data)


for n in range(301):
    data = random.randbytes(n)
    plain = base64.b64encode(data)
    line("encode", "hex", "node", data, binascii.hexlify(data))
    line("encode", "base64", "node", data, plain)
    line("encode", "base64url", "node", data, base64.urlsafe_b64encode(data).rstrip(b"="))
    line("lines", "base64", "mime", data, b"".join(x + b"\r\n" for x in base64.encodebytes(data).split()))
    wrapped = base64.encodebytes(data)
    line("decode", "base64", "mime", wrapped, base64.decodebytes(wrapped))
    line("valid", "base64", "whatwg", wrapped, data)
    line("valid", "base64url", "rfc4648", base64.urlsafe_b64encode(data), data)
    line("valid", "base64url", "rfc4648", base64.urlsafe_b64encode(data).rstrip(b"="), data)
    strict("base64", plain)
    strict("hex", binascii.hexlify(data))
    for _ in range(8):
        spoilt = bytearray(plain if n % 2 else binascii.hexlify(data))
        if spoilt:
            spoilt[random.randrange(len(spoilt))] = random.choice(b"=A+/-_ \n9fG*\x80\xff")
            if random.randrange(3) == 0:
                del spoilt[random.randrange(len(spoilt)):]
        strict("base64" if n % 2 else "hex", bytes(spoilt))
