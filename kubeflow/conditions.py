"""Conditions of tasks: the part of the Common Expression Language that TFX compiles them to.

`inputs.artifacts['x'].artifacts[0].metadata['blessed'] == 1.0`, with `&&`, `||`, `!` and `+`.
https://github.com/google/cel-spec/blob/master/doc/langdef.md
"""

import ast
import operator
import re
from collections.abc import Mapping
from typing import Any

_COMPARISONS = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|&&|\|\||!(?!=)")
_WORDS = {"&&": " and ", "||": " or ", "!": " not "}


def holds(condition: str, inputs: Mapping[str, Any]) -> bool:
    """Whether a condition is true of a task's inputs.

    Args:
        condition: as compiled.
        inputs: ExecutorInput.Inputs in JSON's form: `artifacts` and `parameter_values`.

    Raises:
        ValueError: if the condition is beyond this part of the language.
    """
    python = _TOKEN.sub(lambda match: _WORDS.get(match[0], match[0]), condition)
    try:
        return bool(_value(ast.parse(python.strip(), mode="eval").body, inputs))
    except (SyntaxError, KeyError, IndexError, TypeError) as error:
        raise ValueError(f"the condition {condition} cannot be evaluated: {error}") from error


def _value(node: ast.expr, inputs: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id="inputs"):
            return inputs
        case ast.Name(id="true" | "false" as word):
            return word == "true"
        case ast.Attribute(value=inner, attr=name):
            return _value(inner, inputs)[name]
        case ast.Subscript(value=inner, slice=index):
            return _value(inner, inputs)[_value(index, inputs)]
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_value(value, inputs) for value in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_value(value, inputs) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not _value(inner, inputs)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _value(left, inputs) + _value(right, inputs)
        case ast.Compare(left=left, ops=[comparison], comparators=[right]):
            return _COMPARISONS[type(comparison)](_value(left, inputs), _value(right, inputs))
    raise ValueError(f"{ast.unparse(node)} is beyond the conditions that TFX compiles")
