/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `weir encode` and `weir decode`: the encoders of libweir for files and pipes of any size.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/commands/cmd.h"
#include "tools/commands/convert.h"

#define CODECS "hex, base64, base64url, latin1, ascii, utf8 or utf16le"

static const char codecs_text[] = "CODEC: " CODECS " (text is UTF-8).\n"
				  "Without FILE, or with -, standard input is read.\n\n";

static void
encode_help(FILE *out)
{
	fputs(codecs_text, out);
	fputs("  --wrap N    lines of N characters; 0, the default: one line, without an "
	      "end\n\n"
	      "Exit status: 0, or 1 if something could not be read or written.\n",
	      out);
}

static void
decode_help(FILE *out)
{
	fputs(codecs_text, out);
	fputs("  --dialect node|rfc4648|whatwg|mime    what is put up with in the "
	      "text\n\n"
	      "whatwg, the default, skips white space and refuses what else does not "
	      "belong "
	      "there;\n"
	      "rfc4648 refuses white space too, and wants padding; mime skips whatever "
	      "does not\n"
	      "belong there; node does what Buffer.from does, and says where it "
	      "stopped.\n\n"
	      "Exit status: 0, or 1 if the text is not valid: what was good has been "
	      "written "
	      "then,\n"
	      "and the message says at which offset it ended.\n",
	      out);
}

static bool
parse_columns(const char *text, uint32_t *columns)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	*columns = (uint32_t)n;
	return errno == 0 && *end == '\0' && end != text && *text != '-' && n <= 1 << 20;
}

/* Returns a status, or -1: go on. */
static int
parse(const struct cmd *self, struct convert *c, int argc, char **argv)
{
	const char *words[2] = {NULL, NULL}, *value;
	size_t n_words = 0;
	bool options = true;

	for (int i = 1; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (options && strcmp(argv[i], "--help") == 0) {
			cmd_print_help(self, stdout);
			return CMD_OK;
		} else if (options && !c->decode &&
			   (value = cmd_value("--wrap", argv, &i)) != NULL) {
			if (!parse_columns(value, &c->columns))
				return cmd_usage(
					self,
					"--wrap wants a number up to 1048576, not "
					"\"%s\"",
					value);
		} else if (options && c->decode &&
			   (value = cmd_value("--dialect", argv, &i)) != NULL) {
			if (!convert_dialect(value, &c->dialect))
				return cmd_usage(self, "there is no dialect \"%s\"",
						 value);
		} else if (options && argv[i][0] == '-' && argv[i][1] != '\0') {
			return cmd_unknown_option(self, argv[i]);
		} else if (n_words == 2) {
			return cmd_usage(self, "one file at a time, please");
		} else {
			words[n_words++] = argv[i];
		}
	}
	if (words[0] == NULL)
		return cmd_usage(self, "which codec? " CODECS);
	if (!convert_codec(words[0], &c->codec))
		return cmd_usage(self, "there is no codec \"%s\": " CODECS, words[0]);
	if (c->columns > 0 && c->codec > WEIR_BASE64URL)
		return cmd_usage(self, "--wrap is for hex, base64 and base64url");
	c->file = words[1];
	return -1;
}

static int
encode_run(int argc, char **argv)
{
	struct convert c = {.decode = false};
	int status = parse(&cmd_encode, &c, argc, argv);

	if (status < 0)
		status = convert_run(&c) == 0 ? CMD_OK : CMD_FAILED;
	return status;
}

static int
decode_run(int argc, char **argv)
{
	struct convert c = {.decode = true, .dialect = WEIR_WHATWG};
	int status = parse(&cmd_decode, &c, argc, argv);

	if (status < 0)
		status = convert_run(&c) == 0 ? CMD_OK : CMD_FAILED;
	return status;
}

const struct cmd cmd_encode = {
	.name = "encode",
	.args = "CODEC [--wrap N] [FILE]",
	.summary = "turn bytes into hex, base64 or UTF-8 text",
	.examples = "  weir encode base64 --wrap 76 picture.png\n"
		    "  printf weir | weir encode hex\n",
	.run = encode_run,
	.help = encode_help,
};

const struct cmd cmd_decode = {
	.name = "decode",
	.args = "CODEC [--dialect NAME] [FILE]",
	.summary = "turn such text back into bytes",
	.examples = "  weir decode base64 picture.txt >picture.png\n",
	.run = decode_run,
	.help = decode_help,
};
