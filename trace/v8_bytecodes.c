/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long V8's bytecodes are: baseline code keeps, for each of them in turn, where its machine code
 * ends, so the bytecode that a return address belongs to is found by counting. The lengths are
 * data of each version (v8::internal::interpreter::Bytecodes::kBytecodeSizes); one that is not
 * listed here has its baseline frames shown by the line of their definition.
 */
#include "trace/v8_private.h"

#include <errno.h>
#include <string.h>

#define WIDE		 0 /* prefixes: the next bytecode's operands are twice, */
#define EXTRA_WIDE	 1 /* four times as wide */
#define MAX_TABLE	 (1 << 20)
#define FIELD_LENGTH	 8
#define BEFORE_THE_FIRST (-1)

/* One character for each bytecode, '0' + bytes: without a prefix, after WIDE, after EXTRA_WIDE. */
static const struct lengths {
	int32_t major, minor;
	const char *by_scale[3];
} known[] = {
	{11,
	 3,
	 {
		 "1111123455621211111244222322211123334224424434433344454533333333"
		 "3333333333333333222211122245545653455564455333333332222154124143"
		 "4233331114222222222222222222222242335211112112454412211111111111"
		 "111111",
		 "1111135797931311111377333533311125557337737747755577787855555555"
		 "5555555555555555333311133379979;95799796699555555553333176136165"
		 "6355551117333333333333333333333373559311113113797713311111111111"
		 "111111",
		 "1111159=A;?515111115==55595551112999=55==5==6==999===>=>99999999"
		 "99999999999999995555111555=AA=AEA9=AA;?::AA9999999955551;:15:1:9"
		 ":59999111=5555555555555555555555=599A511115115=A==15511111111111"
		 "111111",
	 }},
	{12,
	 4,
	 {
		 "1111123455621211111244222322211123334242244244344353344454533333"
		 "3333333333333333333222211122245545653455564455333333333122211541"
		 "2414342333311142222222222222222222222423352111121124544122111111"
		 "11111111111",
		 "1111135797931311111377333533311125557373377377477595577787855555"
		 "5555555555555555555333311133379979;95799796699555555555133311761"
		 "3616563555511173333333333333333333333735593111131137977133111111"
		 "11111111111",
		 "1111159=A;?515111115==55595551112999=5=55==5==6==9A99===>=>99999"
		 "99999999999999999995555111555=AA=AEA9=AA;?::AA999999999155511;:1"
		 "5:1:9:59999111=5555555555555555555555=599A511115115=A==155111111"
		 "11111111111",
	 }},
	{13,
	 6,
	 {
		 "1111123455621211111244422223222111233342422444244434435334445453"
		 "3333333333333333333333322221122224554565345556445533333333312221"
		 "1541241434233331114222222222242222222222224423521111211245441221"
		 "1111111111111111",
		 "1111135797931311111377733335333111255573733777377747759557778785"
		 "55555555555555555555555333311333379979;9579979669955555555513331"
		 "1761361656355551117333333333373333333333337735931111311379771331"
		 "1111111111111111",
		 "1111159=A;?515111115===555595551112999=5=55===5===6==9A99===>=>9"
		 "999999999999999999999995555115555=AA=AEA9=AA;?::AA99999999915551"
		 "1;:15:1:9:59999111=5555555555=555555555555==59A511115115=A==1551"
		 "1111111111111111",
	 }},
	{14,
	 6,
	 {
		 "1111123455621211111244422223222111233342422444244434435334445453"
		 "3333333333334333333333333222211222245545653455564455344444433122"
		 "2115412414342333331114222222222242222222222224423525111121124544"
		 "12211111111111111111",
		 "1111135797931311111377733335333111255573733777377747759557778785"
		 "5555555555556555555555555333311333379979;95799796699555555555133"
		 "3117613616563555551117333333333373333333333337735939111131137977"
		 "13211111111111111111",
		 "1111159=A;?515111115===555595551112999=5=55===5===6==9A99===>=>9"
		 "999999999999:9999999999995555115555=AA=AEA9=AA;?::AA977777799155"
		 "511;:15:1:9:599999111=5555555555=555555555555==59A5A11115115=A=="
		 "15211111111111111111",
	 }},
};

static const struct lengths *
lengths_of(const struct v8_layout *l)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].major == l->major && known[i].minor == l->minor)
			return &known[i];
	return NULL;
}

/* The bytes of the bytecode at `at`, with its prefix; 0 if there is no such bytecode. */
static uint32_t
length_at(const struct v8_reader *r, const struct lengths *lengths, uint64_t at)
{
	uint8_t code[2];
	int scale = 0;

	checked_read(r->memory, at, code, sizeof(code));
	if (code[0] == WIDE || code[0] == EXTRA_WIDE)
		scale = code[0] == WIDE ? 1 : 2;
	const char *row = lengths->by_scale[scale];
	uint8_t op = code[scale != 0];
	if (r->memory->failed || op >= strlen(row))
		return 0;
	return (uint32_t)(row[op] - '0') + (scale != 0);
}

int
v8_baseline_offset(const struct v8_reader *r, uint64_t bytecode, uint64_t table,
		   int32_t pc_offset, int32_t *offset)
{
	const struct lengths *lengths = lengths_of(r->layout);
	uint64_t length = v8_field(r, bytecode, FIELD_LENGTH);
	uint64_t code = bytecode - 1 + (uint64_t)r->layout->bytecode_data;
	struct v8_cursor c = {.r = r};
	uint64_t delta, end = 0;
	uint32_t next = 0;

	c.at = v8_bytes(r, table, &c.left);
	if (lengths == NULL || !v8_is_smi(length) || c.left == 0 || c.left > MAX_TABLE)
		return -ENOENT;
	*offset = BEFORE_THE_FIRST;
	while (v8_next(&c, &delta)) {
		end += delta;
		if (end >= (uint64_t)pc_offset)
			return *offset == BEFORE_THE_FIRST ? -ENOENT : 0;
		*offset = (int32_t)next;
		uint32_t bytes = length_at(r, lengths, code + next);
		next += bytes;
		if (bytes == 0 || next > (uint64_t)v8_smi(length))
			return -ENOENT;
	}
	return -ENOENT;
}
