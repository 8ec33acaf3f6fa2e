"""Metric math, as far as alarms need it: arithmetic, comparisons, FILL, IF, and SUM, AVG, MIN, MAX of a list or of METRICS().

A value is that of one period; a period without data is None, which arithmetic keeps.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""
import ast
import operator
import re

_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Eq: operator.eq, ast.NotEq: operator.ne,
}
_OF_LISTS = {"SUM": sum, "MIN": min, "MAX": max, "AVG": lambda values: sum(values) / len(values)}


class NotSupported(ValueError):
    """An expression that is not evaluated here."""


def evaluate(expression, values):
    """The value of an expression, by the values of the metrics and expressions that it names."""
    python = re.sub(r"\bAND\b|&&", " and ", re.sub(r"\bOR\b|\|\|", " or ", expression)).replace("^", "**")
    try:
        tree = ast.parse(python.strip(), mode="eval").body
    except SyntaxError:
        raise NotSupported(expression) from None
    return _Evaluation(values).of(tree)


class _Evaluation:
    def __init__(self, values):
        self._values = values

    def of(self, node):
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self._values.get(node.id)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return self._combined(operator.neg, node.operand)
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return self._combined(_OPERATORS[type(node.op)], node.left, node.right)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            held = self._combined(_OPERATORS[type(node.ops[0])], node.left, node.comparators[0])
            return held if held is None else int(held)
        if isinstance(node, ast.BoolOp):
            all_or_any = all if isinstance(node.op, ast.And) else any
            return int(all_or_any(self.of(part) for part in node.values))
        if isinstance(node, ast.Call):
            return self._call(node.func.id, node.args)
        raise NotSupported(ast.dump(node))

    def _combined(self, function, *nodes):
        values = [self.of(node) for node in nodes]
        if any(value is None for value in values):
            return None
        try:
            return function(*values)
        except ZeroDivisionError:
            return None

    def _call(self, name, arguments):
        if name == "FILL":
            value = self.of(arguments[0])
            return self.of(arguments[1]) if value is None else value
        if name == "IF":
            chosen = arguments[1] if self.of(arguments[0]) else (arguments[2] if len(arguments) > 2 else None)
            return chosen and self.of(chosen)
        if name in _OF_LISTS:
            values = [value for value in self._list(arguments[0]) if value is not None]
            return _OF_LISTS[name](values) if values else None
        raise NotSupported(name)

    def _list(self, node):
        if isinstance(node, ast.List):
            return [self.of(element) for element in node.elts]
        if isinstance(node, ast.Call) and node.func.id == "METRICS":
            word = node.args[0].value if node.args else ""
            return [value for name, value in self._values.items() if word in name]
        return [self.of(node)]
