/* SPDX-License-Identifier: Apache-2.0 */
/* message_table.c: every code that a message may carry: what it is about and what to do. The
 * manual page and `hedui help CODE` print it; tests/faulty holds an example of each. */
#include "engine/base/message.h"

/* clang-format off */
const struct message_code message_codes[] = {
    /* ---- YAML and the shape of a file ---- */
    {"Y001", "文件读不出来", "not readable",
     "按所指位置检查缩进、引号和括号；含 , [ ] { } 或 “: ” 的文字要加引号",
     "check indents, quotes and brackets at the place shown; quote text that holds , [ ] { } or \": \""},
    {"Y002", "不是 UTF-8 编码", "not UTF-8", "把文件另存为 UTF-8", "save the file as UTF-8"},
    {"Y003", "过大", "too large", "拆成几个文件，或拆短这个值", "split the file, or shorten the value"},
    {"Y004", "嵌套太深", "nested too deep", "减少层次，最多 16 层", "use fewer levels, at most 16"},
    {"Y005", "文件是 GBK 编码", "the file is in GBK",
     "用编辑器“另存为”选 UTF-8；消息里已按 GB 18030 给出这一行的文字",
     "save it as UTF-8; the message shows the line as GB 18030 reads it"},
    {"Y010", "用了锚点、别名、标签、合并键或指令", "anchor, alias, tag, merge key or directive",
     "写全内容；若本是文字，请加引号", "write the content out; quote it if it is text"},
    {"Y011", "键重复", "repeated key", "删去其中一个", "remove one of them"},
    {"Y012", "要加引号", "quote this", "照消息中的样子给整段加引号，或用 “|” 块",
     "quote the whole text as shown, or use a \"|\" block"},
    {"Y013", "没有这个键", "unknown key", "改成消息建议的键，或删去", "use the key suggested, or remove it"},
    {"Y014", "缺少必需的键或值", "key missing", "补上所缺的键", "add the key that is missing"},
    {"Y015", "一个文件里有几个文档", "several documents", "去掉 “---”，或分成几个文件",
     "remove \"---\", or make several files"},
    {"Y016", "YAML 语法中有全角标点", "full-width punctuation in YAML",
     "改成半角；消息里给出了改好的一行", "write half-width signs; the message shows the line"},
    /* ---- names ---- */
    {"N101", "未定义的名称", "unknown name", "改成消息建议的名称，或先定义它",
     "use the name suggested, or define it first"},
    {"N102", "名称已被占用", "name taken", "换一个名称", "choose another name"},
    {"N103", "不在代码表中", "word not in the code list", "改用代码表中的词",
     "use a word of the list"},
    {"N104", "没有这种记录、列表或类型", "no such kind, list or type", "改成 rules/model.yaml 中的名称",
     "use a name of rules/model.yaml"},
    {"N105", "事实互相引用成环", "facts form a cycle", "断开其中一处引用", "break the circle at one place"},
    {"N106", "读取的记录没有来源", "kind without evidence", "在 evidence 中写明由谁提供",
     "add an evidence entry that delivers it"},
    {"N107", "字段不对规则开放", "field closed to rules", "不要用这个字段", "do not use this field"},
    {"N108", "只凭线索不能判定不符", "objection on leads only", "改用 review_when",
     "write review_when"},
    /* ---- types ---- */
    {"T201", "类型不合", "operands do not fit", "让两边成为同一类；金额写 yuan(…)，最好设为参数",
     "bring both sides to one type; write yuan(...) for money, better a parameter"},
    {"T202", "参数不对", "wrong argument", "按消息所说的范围改写", "write what the message allows"},
    {"T203", "不是声明的类型", "not the declared type", "改 type，或改表达式", "change type, or the expression"},
    {"T204", "需要取整", "rounding needed", "加 “round: round_fen”，或改为 type: exact",
     "add \"round: round_fen\", or use type: exact"},
    {"T205", "不是这一类的值", "not an amount, number or value of the type",
     "金额写 1250.50，比例写 80% 或 1/3，不用逗号分节", "write 1250.50 for money, 80% or 1/3 for a rate; no grouping"},
    {"T206", "不是日期", "not a date", "写成 2026-07-01；月份写成 2026-07", "write 2026-07-01; a month 2026-07"},
    {"T207", "可能没有值", "may be none", "先判断 has(…) && …，或用 or_else(…, …)",
     "guard it with has(...) && ..., or use or_else(..., ...)"},
    {"T210", "不支持的写法", "unsupported", "换用 docs/RULES.md 第 4 节的写法", "use what section 4 of docs/RULES.md lists"},
    {"T211", "语法错误", "syntax", "按所指位置改写", "mend it at the place shown"},
    {"T212", "记录没有次序", "rows have no order", "不用 [i]，用 exists、filter、sum 等", "use exists, filter, sum, not [i]"},
    {"T213", "期间不同", "periods differ", "用 per_month 或 over_months 换算", "convert with per_month or over_months"},
    {"T214", "全角标点", "full-width punctuation", "改成半角；消息里给出了改好的一行",
     "use half-width signs; the message shows the line mended"},
    /* ---- days ---- */
    {"D301", "参数没有值", "no value", "写出至少一个值及其生效日", "give a value and the day it starts"},
    {"D302", "两个值自同一天起生效", "two values from one day", "删去其一，或改生效日", "remove one, or change its day"},
    {"D303", "结束不晚于开始", "until before from", "until 是不再适用的第一天，应晚于 from",
     "until is the first day no longer in force; it comes after from"},
    /* ---- tables, cost, layers ---- */
    {"B401", "表中两行重叠", "overlap", "改其中一行的单元格，或写 hit: first", "change a cell of one row, or write hit: first"},
    {"B402", "表有遗漏", "gap", "补一行，或写 otherwise", "add a row, or otherwise"},
    {"B403", "永远不会命中的行", "dead row", "删去它，或改单元格、行序", "remove it, or change its cells or place"},
    {"C701", "太费计算", "too costly", "按消息指出的部分拆成 fact，或改表达式", "make a fact of the part named, or change it"},
    {"C702", "缺少上限，或内存不足", "limit missing, or out of memory", "在 rules/model.yaml 中为这种记录写 limit",
     "give the kind a limit in rules/model.yaml"},
    {"O501", "上级规则包的指纹不符", "hash differs", "核对上级规则包，再改 extends 中的指纹",
     "look at the parent, then change the hash in extends"},
    {"O502", "上级未开放，不能改", "sealed", "请上级标为 local，或不改", "ask the owner for local, or leave it"},
    {"O503", "级别不对", "level", "级别须自上而下：province、city、county", "levels descend: province, city, county"},
    {"O504", "没有写 why 或 ref", "no why", "写明理由 why 或文号 ref", "say why, or give ref"},
    {"O505", "超出上级允许的范围", "out of range", "取范围内的值", "take a value inside the range"},
    {"O506", "上级没有这一项", "no such target", "核对名称；新增请写在 add 下", "check the name; what is new goes under add"},
    /* ---- mappings ---- */
    {"F101", "映射：值的写法不对", "mapping: wrong form of a value", "按消息写一个词或一列词", "write a word or a list of words"},
    {"F102", "映射：字段写法不对或没有这个字段", "mapping: wrong or unknown field", "字段写 {column: 列名} 或 {value: 值}", "write {column: name} or {value: value}"},
    {"F103", "映射：没有这张对照表，或字段不是代码", "mapping: no such table, or no code", "在 codes 下写这张表", "write the table under codes"},
    {"F104", "映射：模型没有这个代码", "mapping: the model has no such code", "改用 rules/model.yaml 的代码", "use a code of rules/model.yaml"},
    {"F105", "映射：对照表写法不对", "mapping: wrong form of a table", "写 “部门代码: 本系统代码”", "write `their code: our code`"},
    {"F106", "映射：单位不对", "mapping: wrong unit", "金额用 元、万元、分；小数用 ㎡、%、1", "元, 万元 or 分 for money; ㎡, % or 1 for decimals"},
    {"F107", "映射：日期写法不对", "mapping: wrong form of a date", "写 YYYY-MM-DD、YYYYMM 或 serial", "write YYYY-MM-DD, YYYYMM or serial"},
    {"F108", "映射：several 或 rank 不对", "mapping: wrong several or rank", "只用于代码，rank 列出每个代码", "codes only; rank lists every code"},
    {"F109", "映射：固定值不合字段", "mapping: the fixed value does not fit", "写合乎字段类型的值", "write a value of the field's type"},
    {"F110", "映射：文件写法不对", "mapping: wrong form of a file", "按 docs/ADAPTERS.md 写 file", "write file as docs/ADAPTERS.md says"},
    {"F111", "映射：缺少必需的字段", "mapping: a field is missing", "写明它的列名或固定值", "give its column or value"},
    {"F112", "映射：skip 写法不对", "mapping: wrong skip", "写一列规则，最多 32 条", "write a list of at most 32 rules"},
    {"F113", "映射：unplaced_max 写法不对", "mapping: wrong unplaced_max", "写百分比，如 0.5%", "write a percentage, like 0.5%"},
    {"F114", "映射：模型没有这种记录", "mapping: the model has no such kind", "改成 rules/model.yaml 的名称", "use a name of rules/model.yaml"},
    /* ---- at run time ---- */
    {"E801", "数值溢出", "overflow", "检查数据中过大的数额", "look for amounts that are too large"},
    {"E802", "除数为零", "zero divisor", "先判断除数不为零", "test the divisor first"},
    {"E803", "记录条数超过上限", "list past its limit", "请人工核对这家的记录", "let a person look at these rows"},
    {"E804", "序号不对或列表为空", "index or empty list", "先判断 size(…) > 0", "test size(...) > 0 first"},
    {"E805", "日期不对或先后颠倒", "bad date or order", "检查日期及其先后", "look at the dates and their order"},
    /* ---- warnings ---- */
    {"W601", "没有用到", "unused", "删去，或用上", "remove it, or use it"},
    {"W602", "条件里直接写了数", "number in a condition", "设为参数，带文号和生效日", "make it a parameter with a day and a reference"},
    {"W603", "参数 400 天未复核", "value unchecked for 400 days", "对照文件复核后改 reviewed_on", "check it against the paper, then set reviewed_on"},
    {"W604", "规则在测试中从未成立", "rule never true in a test", "补一个让它成立的测试", "add a test in which it is true"},
    {"W605", "从不知道得出了结论", "known or assume decides", "确认这是有意的", "make sure that it is meant"},
    {"W606", "恒为真或恒为假", "always true or false", "检查条件是否写反、写漏", "see whether the condition is reversed or lacks a part"},
    {"W607", "文字引用的数值可能未知", "text uses a value that may be unknown", "改文字，使 “至少…”“未知” 也读得通", "word it so that \"at least\" or \"unknown\" reads well"},
    {"W608", "理由没有文字", "a reason without text", "在 reasons 中写 zh", "write its zh under reasons"},
    {"W609", "hold_when 读取了部门数据", "hold reads a department's list", "部门不反馈时会一律转人工；确认这是有意的",
     "silence of the department holds every case; make sure that it is meant"},
    {"W610", "以受保护的特征作条件", "a protected attribute decides", "说明依据，或不用它", "give the reference, or leave it out"},
    {"W611", "更多财产反而有利", "more assets help", "检查比较的方向", "see which way the comparison goes"},
};
/* clang-format on */

const size_t message_code_count = sizeof message_codes / sizeof message_codes[0];

const struct message_code *
message_code_find(struct text code)
{
    for (size_t i = 0; i < message_code_count; i++)
        if (text_is(code, message_codes[i].code))
            return &message_codes[i];
    return NULL;
}
