"""The queries of SPARQL constraints as functions over a `TripleIndex`: all focus nodes at once.

A query is compiled to steps, each from rows to rows. A row has a place for each variable and
constant; its first is the focus node. Groups inside are asked with what is bound outside,
which is what SPARQL's bottom-up evaluation gives as long as they bind all that they look at
(`_Plan` refuses the others).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from kg.shape_conditions import Condition, Row, compile_condition, compile_having
from kg.shape_graphs import UnsupportedShapeError
from kg.shape_paths import Path, looks, reverse
from kg.shape_queries import Expression, Group, Pattern, ShapeQuery, variables_of
from kg.triple_indexes import TripleIndex

Step: TypeAlias = Callable[[TripleIndex, list[Row]], list[Row]]
Join: TypeAlias = Callable[[TripleIndex, Collection[str]], Iterator[dict[str, str]]]
"""From the data and the focus nodes to what the variables are in each answer (tokens)."""

_THIS: Final = "?this"


def compile_join(query: ShapeQuery) -> Join:
    """Compile *query*.

    Raises:
        UnsupportedShapeError: it looks at variables from where they are not bound.
    """
    plan = _Plan({_THIS: 0}, {_THIS})
    plan.add(query.group, set())
    constants = plan.constants
    told = [(name, plan.places["?" + name]) for name in query.variables if "?" + name in plan.places]
    having = compile_having(query.having, plan.places) if query.having else None
    if having and not plan.is_plain:
        raise UnsupportedShapeError("a SPARQL constraint counts over paths or unions")

    def ask(data: TripleIndex, focus: Collection[str]) -> Iterator[dict[str, str]]:
        rows = run(plan.steps, data, [(node, *constants) for node in focus])
        if having:
            rows = having(rows)
        for row in dict.fromkeys(tuple(row[place] for _, place in told) for row in rows):
            yield {name: value for (name, _), value in zip(told, row, strict=True) if value is not None}

    return ask


def run(steps: Sequence[Step], data: TripleIndex, rows: list[Row]) -> list[Row]:
    """Take *rows* through *steps*."""
    for step in steps:
        if not rows:
            break
        rows = step(data, rows)
    return rows


class _Plan:
    """The steps for a group, and where in a row each variable has its place.

    *bound* are the variables that have a value in every row; others can be without one.
    """

    def __init__(self, places: dict[str, int], bound: set[str], constants: list[str] | None = None) -> None:
        self.places = dict(places)
        self.bound = set(bound)
        self.steps: list[Step] = []
        self.constants: list[str] = [] if constants is None else constants
        self.is_plain = True
        self._is_outermost = constants is None

    def inner(self) -> _Plan:
        """A plan for a group inside, which goes on from the rows so far."""
        return _Plan(self.places, self.bound, self.constants)

    # ------------------------------------------------------------ groups

    def add(self, group: Group, outside: set[str]) -> None:
        """Add the steps of *group*; its conditions may not look at variables that only *outside* binds."""
        if self._is_outermost:
            self._place_constants(group)
        own = variables_of(group, with_filters=False)
        plain: list[Expression] = []
        late: list[Expression] = []
        for each in group.filters:
            looked = variables_of(each, with_filters=True)
            if looked & outside - own:
                raise UnsupportedShapeError("a SPARQL constraint looks out of a group")
            (late if _has_group(each) else plain).append(each)
        plain = self._join(group.patterns, plain)
        for branches in group.unions:
            self._unite(branches)
        for optional in group.optionals:
            self._try(optional)
        for each in (*plain, *late):
            self._keep(each)

    def _place_constants(self, group: Group) -> None:
        for each in sorted(each for each in variables_of(group, with_filters=True, constants=True)):
            if each[0] != "?":
                self.places[each] = len(self.places)
                self.bound.add(each)
                self.constants.append(each)

    def _new(self, variable: str) -> None:
        self.places[variable] = len(self.places)
        self.bound.add(variable)

    def _unite(self, branches: Sequence[Group]) -> None:
        """Join with a union, or with a group inside, which is a union of one."""
        plans = []
        for branch in branches:
            if branch.optionals:
                raise UnsupportedShapeError("a SPARQL constraint has OPTIONAL in a group inside")
            plan = self.inner()
            plan.add(branch, set(self.places) - set(self.constants))
            plans.append(plan)
        if any(plan.places.keys() - plan.bound for plan in plans):
            raise UnsupportedShapeError("a SPARQL constraint has unions of unlike branches inside each other")
        self.is_plain = self.is_plain and len(branches) == 1 and plans[0].is_plain
        new = list(dict.fromkeys(name for plan in plans for name in plan.places if name not in self.places))
        orders = [[plan.places.get(name) for name in new] for plan in plans]
        width, parts = len(self.places), [plan.steps for plan in plans]
        for name in new:
            self.places[name] = len(self.places)
            if all(name in plan.places for plan in plans):
                self.bound.add(name)

        def step(data: TripleIndex, rows: list[Row]) -> list[Row]:
            found: list[Row] = []
            for steps, order in zip(parts, orders, strict=True):
                for row in run(steps, data, rows):
                    found.append(row[:width] + tuple(None if at is None else row[at] for at in order))
            return found

        self.steps.append(step)

    def _try(self, group: Group) -> None:
        """Join with an optional group."""
        if group.unions or group.optionals:
            raise UnsupportedShapeError("a SPARQL constraint has groups inside OPTIONAL")
        if variables_of(group, with_filters=True) & (self.places.keys() - self.bound):
            raise UnsupportedShapeError("a SPARQL constraint looks in OPTIONAL at what may have no value")
        plan, width = self.inner(), len(self.places)
        plan.add(group, set())
        self.is_plain = self.is_plain and plan.is_plain
        new = [name for name in plan.places if name not in self.places]
        for name in new:
            self.places[name] = len(self.places)
        nothing: Row = (None,) * len(new)

        def step(data: TripleIndex, rows: list[Row]) -> list[Row]:
            found: dict[Row, list[Row]] = {}
            for row in run(plan.steps, data, list(dict.fromkeys(rows))):
                found.setdefault(row[:width], []).append(row[width:])
            return [row + each for row in rows for each in found.get(row, (nothing,))]

        self.steps.append(step)

    # ------------------------------------------------------------ conditions

    def _keep(self, condition: Expression) -> None:
        """Keep the rows for which *condition* is true."""
        tests: list[list[Step]] = []

        def exists(group: Group) -> Condition:
            if variables_of(group, with_filters=True) & (self.places.keys() - self.bound):
                raise UnsupportedShapeError("a SPARQL constraint looks in EXISTS at what may have no value")
            plan = self.inner()
            plan.add(group, set())
            number = len(tests)
            tests.append(plan.steps)
            return lambda row, known: row in known[number]

        width, is_true = len(self.places), compile_condition(condition, self.places, exists)

        def step(data: TripleIndex, rows: list[Row]) -> list[Row]:
            some = list(dict.fromkeys(rows)) if tests else []
            known = [{row[:width] for row in run(steps, data, some)} for steps in tests]
            return [row for row in rows if is_true(row, known)]

        self.steps.append(step)

    # ------------------------------------------------------------ patterns

    def _join(self, patterns: Iterable[Pattern], conditions: list[Expression]) -> list[Expression]:
        """Join with *patterns*, those first that lead on from what is bound; the conditions still open."""
        waiting = list(patterns)
        while True:
            open_ = []
            for each in conditions:
                if variables_of(each, with_filters=True) <= self.bound:
                    self._keep(each)
                else:
                    open_.append(each)
            conditions = open_
            if not waiting:
                return conditions
            for pattern in self._next(waiting):
                waiting.remove(pattern)

    def _next(self, waiting: Sequence[Pattern]) -> Sequence[Pattern]:
        """Add the step for the pattern that is best looked at next, and for those looked at with it."""

        def rank(pattern: Pattern) -> tuple[bool, bool]:
            return pattern.subject not in self.bound, pattern.object not in self.bound

        best = min(waiting, key=rank)
        ends = [end for end in (best.subject, best.object, best.predicate) if end and end not in self.bound]
        if any(end in self.places for end in ends) or len(set(ends)) < len(ends):
            raise UnsupportedShapeError("a SPARQL constraint repeats a variable where it is not read")
        self.is_plain = self.is_plain and best.path is not None and best.path.form in _PLAIN
        if best.path is None:
            self._look_by_any(best)
        elif best.subject in self.bound:
            self._look_on(best, best.path)
        elif best.object in self.bound:
            return self._look_back(best, waiting)
        else:
            self._look_everywhere(best, best.path)
        return (best,)

    def _look_on(self, pattern: Pattern, path: Path) -> None:
        at = self.places[pattern.subject]
        if pattern.object in self.bound:
            self.steps.append(_check(at, path, self.places[pattern.object]))
        else:
            self.steps.append(_follow(at, path))
            self._new(pattern.object)

    def _look_back(self, pattern: Pattern, waiting: Sequence[Pattern]) -> Sequence[Pattern]:
        """Look for a subject from all objects at once that lead back to it."""
        together = [
            each
            for each in waiting
            if each.subject == pattern.subject and each.path and each.object in self.bound
        ]
        ends = [(self.places[each.object], reverse(each.path)) for each in together if each.path]
        self.steps.append(_meet(ends))
        self._new(pattern.subject)
        return together

    def _look_everywhere(self, pattern: Pattern, path: Path) -> None:
        if path.form != "predicate":
            raise UnsupportedShapeError("a SPARQL constraint has a path between two unknown nodes")
        self.steps.append(_scan(path.predicate))
        self._new(pattern.subject)
        self._new(pattern.object)

    def _look_by_any(self, pattern: Pattern) -> None:
        """Look at a pattern whose predicate is a variable."""
        goes_on = pattern.subject in self.bound
        if goes_on == (pattern.object in self.bound) or pattern.predicate in self.bound:
            raise UnsupportedShapeError(
                "a SPARQL constraint has a variable for a predicate between such nodes"
            )
        at = self.places[pattern.subject if goes_on else pattern.object]
        new = (pattern.predicate, pattern.object) if goes_on else (pattern.subject, pattern.predicate)
        for each in new:
            self._new(each)

        def step(data: TripleIndex, rows: list[Row]) -> list[Row]:
            look = data.about if goes_on else data.into
            return [row + pair for row in rows for pair in look(row[at] or "")]

        self.steps.append(step)


_PLAIN: Final = ("predicate", "inverse")


def _has_group(condition: Expression) -> bool:
    return condition.group is not None or any(map(_has_group, condition.parts))


# ---------------------------------------------------------------- the steps


def _follow(at: int, path: Path) -> Step:
    def step(data: TripleIndex, rows: list[Row]) -> list[Row]:
        look = looks(path, data)
        return [(*row, value) for row in rows for value in look(row[at])]  # type: ignore[arg-type]

    return step


def _check(at: int, path: Path, other: int) -> Step:
    def step(data: TripleIndex, rows: list[Row]) -> list[Row]:
        look = looks(path, data)
        return [row for row in rows if row[other] in look(row[at])]  # type: ignore[arg-type]

    return step


def _meet(ends: Sequence[tuple[int, Path]]) -> Step:
    """The nodes from which all *ends* are reached, found from the end that fewest lead to."""
    if len(ends) == 1:
        return _follow(*ends[0])

    def step(data: TripleIndex, rows: list[Row]) -> list[Row]:
        found_by = [(at, looks(path, data)) for at, path in ends]
        found = []
        for row in rows:
            fewest, *others = sorted((look(row[at]) for at, look in found_by), key=len)  # type: ignore[arg-type]
            found += [(*row, node) for node in fewest if all(node in other for other in others)]
        return found

    return step


def _scan(predicate: str) -> Step:
    def step(data: TripleIndex, rows: list[Row]) -> list[Row]:
        return [row + pair for row in rows for pair in data.pairs(predicate)]

    return step
