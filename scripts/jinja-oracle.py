"""Makes the expected results of test/unit/jinja/cases from Jinja2 in dbt's set-up.

Needs Python with dbt-core installed; the tests themselves do not.
  python scripts/jinja-oracle.py cases scripts/jinja-oracle-cases.txt > test/unit/jinja/cases/hand.jsonl
  PYTHONHASHSEED=0 python scripts/jinja-oracle.py random 14000 11 > test/unit/jinja/cases/random.jsonl
"""
import json
import random
import re
import sys

import jinja2
from dbt_common.clients import jinja as dbt
from dbt_common.exceptions.macros import MacroReturn


class OwnNames(dbt.MacroFuzzParser):
    """dbt renames macros inside a template; the engine lets a template call its own macros by their names."""

    def parse_macro(self):
        node = jinja2.nodes.Macro(lineno=next(self.stream).lineno)
        node.name = self.parse_assign_target(name_only=True).name
        self.parse_signature(node)
        node.body = self.parse_statements(("name:endmacro",), drop_needle=True)
        return node


class Environment(dbt.MacroFuzzEnvironment):
    def _parse(self, source, name, filename):
        return OwnNames(self, source, name, filename).parse()


class NativeEnvironment(dbt.NativeSandboxEnvironment):
    def _parse(self, source, name, filename):
        return OwnNames(self, source, name, filename).parse()


class Template(dbt.MacroFuzzTemplate):
    environment_class = Environment


class NativeTemplate(dbt.NativeSandboxTemplate):
    environment_class = NativeEnvironment


Environment.template_class = Template
NativeEnvironment.template_class = NativeTemplate
EXTENSIONS = ["jinja2.ext.do", "jinja2.ext.loopcontrols", dbt.MaterializationExtension, dbt.DocumentationExtension, dbt.TestExtension]


def environment(native):
    env = (NativeEnvironment if native else Environment)(extensions=EXTENSIONS)
    env.filters.update(dbt.NATIVE_FILTERS if native else dbt.TEXT_FILTERS)
    return env


TEXT, NATIVE = environment(False), environment(True)


def value(x):
    if isinstance(x, dict):
        if list(x) == ["__float__"]:
            return float(x["__float__"])
        if list(x) == ["__int__"]:
            return int(x["__int__"])
        if list(x) == ["__tuple__"]:
            return tuple(map(value, x["__tuple__"]))
        return {k: value(v) for k, v in x.items()}
    return [value(i) for i in x] if isinstance(x, list) else x


def shown(x):
    """A native value as JSON, with the markers of the context."""
    if isinstance(x, bool) or x is None or isinstance(x, str):
        return str(x) if isinstance(x, str) else x
    if isinstance(x, int):
        return x if abs(x) < 2**53 else {"__int__": str(x)}
    if isinstance(x, float):
        return {"__float__": x if x == x and abs(x) != float("inf") else repr(x)}
    if isinstance(x, tuple):
        return {"__tuple__": [shown(i) for i in x]}
    if isinstance(x, list):
        return [shown(i) for i in x]
    if isinstance(x, dict):
        return {str(k): shown(v) for k, v in x.items()}
    return {"__repr__": repr(x)}


def give_back(data):
    raise MacroReturn(data)


def context_of(case):
    context = {k: value(v) for k, v in case.get("context", {}).items()}
    if case.get("modules"):
        from dbt.context.base import get_context_modules
        import itertools

        context["modules"] = get_context_modules()
        context["modules"]["itertools"] = {k: getattr(itertools, k) for k in context["modules"]["itertools"]}
        context["tojson_"] = lambda v, sort_keys=False: json.dumps(v, sort_keys=sort_keys)
        context["fromjson_"] = json.loads
    context["return"] = give_back
    for text in case.get("macros", []):
        module = dbt.get_environment(None, capture_macros=False).from_string(text)
        for name in vars(module.make_module(vars=context)):
            if name.startswith("dbt_macro__"):
                context[name[len("dbt_macro__"):]] = wrapper(text, name, context)
    return context


def wrapper(text, name, context):
    def call(*args, **kwargs):
        module = dbt.get_environment(None, capture_macros=False).from_string(text).make_module(vars=context)
        try:
            return vars(module)[name](*args, **kwargs)
        except MacroReturn as result:
            return result.value

    return call


def message(error):
    """The message without what only dbt's wrapping and Jinja2's generated code add."""
    text = str(getattr(error, "msg", None) or error) if "dbt" in type(error).__module__ else str(error)
    text = text.replace("Compilation Error\n  ", "").strip()
    return re.sub(r" \(<template>, line \d+\)$", "", re.sub(r"'l_\d+_(\w+)'", r"'\1'", text))


def run(case):
    native = case.get("native", False)
    try:
        template = (NATIVE if native else TEXT).from_string(case["template"])
        out = template.render(context_of(case))
        return {"out": shown(out)}
    except MacroReturn:
        return {"error": ["MacroReturn", ""]}
    except Exception as e:  # noqa: BLE001
        return {"error": [type(e).__name__, message(e)]}


# --- random expressions -------------------------------------------------------------------------------------------

CONTEXT = {
    "i": 7, "n": -3, "z": 0, "f": {"__float__": 2.5}, "g": {"__float__": -0.75}, "s": "Hello, World", "e": "", "w": "a b  c",
    "l": [3, 1, 2], "m": ["b", "a", "C"], "x": [], "d": {"a": 1, "b": [1, 2], "c": {"k": "v"}}, "t": {"__tuple__": [1, "two", 3]},
    "rows": [{"id": 2, "name": "bo", "ok": True}, {"id": 1, "name": "Al", "ok": False}, {"id": 3, "name": "cy"}],
    "yes": True, "no": False, "nil": None, "big": {"__int__": "9007199254740993"},
}
NAMES = {
    "int": ["i", "n", "z", "1", "2", "10", "-4", "0", "big", "2**70", "yes"], "float": ["f", "g", "1.5", "0.1", "1e20", "3.0"],
    "str": ["s", "e", "w", "'x'", "'abc'", "'%s'", "'12'", "'3.5'", "'a,b,c'", "'é ß'", "'{}-{}'", "'it\\'s'"],
    "list": ["l", "m", "x", "rows", "[1, 'a', none]", "[[1, 2], [3]]", "['x']*2", "range(4)", "d.keys()", "(1, 2)", "t", "d.items()"],
    "dict": ["d", "{}", "{'q': 1.0}", "{1: 'one', true: 2}", "d.c"], "other": ["nil", "missing", "d.zz", "none"],
}
FILTERS = ["abs", "capitalize", "center(9)", "count", "default('D')", "default('D', true)", "dictsort", "e", "first", "float", "int", "int(5)",
    "join", "join('-')", "join(',', attribute='name')", "last", "length", "list", "lower", "map('upper')|list", "map(attribute='id')|list", "max", "min",
    "reject('odd')|list", "replace('a', 'b')", "reverse|list", "round", "round(1)", "round(2, 'floor')", "select|list", "select('string')|list",
    "selectattr('ok')|list", "selectattr('id', 'gt', 1)|list", "rejectattr('ok', 'defined')|list", "sort", "sort(reverse=true)", "sort(attribute='name')|list",
    "string", "sum", "sum(attribute='id')", "title", "trim", "truncate(5)", "unique|list", "upper", "wordcount", "tojson", "batch(2)|list",
    "slice(2)|list", "indent(2)", "format(1)", "groupby('ok')|list", "filesizeformat", "urlencode", "items|list", "attr('upper')", "map('int')|list",
    "striptags", "wordwrap(4)", "xmlattr", "safe", "as_text", "as_bool", "as_number", "last|string", "center"]
TESTS = ["defined", "undefined", "none", "odd", "even", "number", "string", "sequence", "mapping", "iterable", "integer", "float", "boolean", "true", "false",
    "lower", "upper", "callable", "divisibleby 2", "in [1, 'x']", "eq 3", "sameas none", "gt 1", "ne 'a'", "filter", "test", "lt 'b'"]
METHODS = {
    "str": [".upper()", ".lower()", ".split(',')", ".split()", ".strip()", ".replace('a','b')", ".startswith('H')", ".endswith(('d','c'))", ".title()", ".find('o')",
        ".count('a')", ".format(1, 'z')", ".join(['a','b'])", ".zfill(5)", ".center(7, '*')", ".partition(',')", ".isdigit()", ".isalpha()", ".rsplit(',', 1)",
        ".splitlines()", ".capitalize()", ".swapcase()", ".index('l')", ".ljust(6)", ".lstrip('H')", ".casefold()", ".encode()", ".islower()", ".expandtabs(2)",
        ".removeprefix('a')", ".rjust(3,'0')", ".format(*l)", ".format(**d)", ".upper", ".nope", ".join(l)"],
    "list": [".index(1)", ".count(1)", "[0]", "[-1]", "[1:]", "[::-1]", "[:2]", "[5]", "['a']", ".append(1)", ".copy()", ".pop()", "[::0]", "[1:'a']", "[true]", ".0", ".nope", ".__len__"],
    "dict": [".get('a')", ".get('zz', 5)", ".keys()", ".values()", ".items()", "['a']", ".a", ".b", ".nope", "['nope'].x", ".pop('a', 1)", ".get()", ".update(q=1)", ".copy()", "|length", ".items()|list", "[1]", "[[1]]", ".setdefault('y', 2)"],
    "int": [".real", ".bit_length()", ".nope", "[0]", ".numerator", "()"], "float": [".is_integer()", ".real", ".nope", "[1:]", ".as_integer_ratio()"],
    "other": [".a", "[0]", "()", "['x']", ".a.b", "|length", "|list"],
}
OPS = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", ">", "<=", ">=", "and", "or", "in", "not in"]
KINDS = ["int", "float", "str", "list", "dict", "other"]


class Random:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def kind(self):
        return self.r.choices(KINDS, [5, 3, 5, 5, 3, 1])[0]

    def atom(self, kind):
        return self.r.choice(NAMES[kind])

    def typed(self, depth):
        kind = self.kind()
        if depth <= 0:
            return kind, self.atom(kind)
        roll = self.r.random()
        if roll < 0.35:
            text = self.atom(kind)
            return kind, f"({text}){self.r.choice(METHODS[kind])}" if text[0] in "-[{" or "*" in text or text[0].isdigit() else f"{text}{self.r.choice(METHODS[kind])}"
        if roll < 0.6:
            return self.kind(), f"({self.expression(depth - 1)})|{self.r.choice(FILTERS)}"
        if roll < 0.85:
            return self.kind(), f"({self.expression(depth - 1)} {self.r.choice(OPS)} {self.expression(depth - 1)})"
        if roll < 0.93:
            return "int", f"({self.expression(depth - 1)} is {'not ' if self.r.random() < 0.3 else ''}{self.r.choice(TESTS)})"
        if roll < 0.96:
            return kind, f"({self.expression(depth - 1)} if {self.expression(depth - 1)} else {self.expression(depth - 1)})"
        return "list", f"[{self.expression(depth - 1)}, {self.expression(depth - 1)}]" if self.r.random() < 0.5 else f"{{'k': {self.expression(depth - 1)}}}"

    def expression(self, depth):
        return self.typed(depth)[1]


def too_wild(text):
    return "**" in text and text.count("**") > 1 or "big" in text and "**" in text or "2**70" in text and text.count("**") > 1 or "urlencode" in text and "|safe" in text


def random_cases(count, seed):
    generator = Random(seed)
    made = 0
    seen = set()
    while made < count:
        text = generator.expression(generator.r.choice([1, 1, 2, 2, 3]))
        if too_wild(text) or len(text) > 200:
            continue
        native = generator.r.random() < 0.1
        result = run({"template": "{{ " + text + " }}", "context": CONTEXT, "native": native})
        dump = json.dumps(result)
        if text in seen or " at 0x" in dump or "__repr__" in dump and native or len(dump) > 600 or "<generator" in dump or "itertools" in dump:
            continue
        seen.add(text)
        made += 1
        print(json.dumps([text, 1 if native else 0, result.get("out"), *result.get("error", [])], ensure_ascii=False))


SHARED = {**CONTEXT, "x": 3, "obj": {"a": {"b": 1}}, "tree": [{"v": 1, "c": [{"v": 2, "c": []}, {"v": 3, "c": []}]}, {"v": 4, "c": []}]}
MACROS = """
{% macro give(v) %}noise{{ return(v) }}more{% endmacro %}
{% macro text(a, b="B") %}<{{ a }}{{ b }}>{% endmacro %}
{% macro nested(n) %}{% set inner = give(n * 2) %}{% do return(inner + 1) %}{% endmacro %}
{% macro in_loop(items) %}{% for item in items %}{% if item == 2 %}{{ return("found " ~ loop.index) }}{% endif %}{% endfor %}none{% endmacro %}
{% macro in_call() %}{% call wrapper() %}{{ return("from call") }}{% endcall %}after{% endmacro %}
{% macro wrapper() %}[{{ caller() }}]{% endmacro %}
{% macro typed(a: str, b: Optional[int] = none) %}{{ a }}{{ b }}{% endmacro %}
{% macro outer(n) %}{{ text(n) }}{{ give(n) }}{% endmacro %}
{% macro late() %}{{ s }}{{ x }}{% endmacro %}
{% macro many() %}{{ return([varargs, kwargs]) }}{% endmacro %}
{% macro fails() %}{{ nil.x.y }}{% endmacro %}
"""


def read_cases(path):
    category = ""
    for line in open(path, encoding="utf-8").read().split("\n"):
        if line.startswith("## "):
            category = line[3:]
        elif line and not line.startswith("# "):
            yield category, line.replace("⏎", "\n")


def hand_case(line):
    flags = {}
    if line.startswith("[") and "] " in line:
        words, rest = line[1:].split("] ", 1)
        if set(words.split()) <= {"native", "modules", "macros"}:
            flags, line = {word: True for word in words.split()}, rest
    template = "{{ " + line[2:] + " }}" if line.startswith("= ") else line
    return {"template": template, **flags}


def hand_cases(path):
    """One JSON line each: [category, template, flags, out, error type, error message]."""
    print(json.dumps({"context": SHARED, "macros": MACROS}))
    for category, line in read_cases(path):
        case = hand_case(line)
        full = {**case, "context": SHARED, "macros": split_macros(MACROS) if case.get("macros") else []}
        result = run(full)
        flags = "".join(name[0] if name != "macros" else "c" for name in ("native", "modules", "macros") if case.get(name))
        print(json.dumps([category, case["template"], flags, result.get("out"), *result.get("error", [])], ensure_ascii=False))


def split_macros(text):
    return ["{% macro" + part for part in text.strip().split("{% macro")[1:]]


def main():
    if sys.argv[1] == "random":
        print(json.dumps(CONTEXT))
        random_cases(int(sys.argv[2]), int(sys.argv[3]))
        return
    hand_cases(sys.argv[2])


main()
