"""What of the data the outcome of a rule can depend on, found from the rule itself.

Data come in *parts* that share a *context*. A node is *own* to a part if nothing else tells of
it; all others, literals among them, are *shared*: what is said of them, the context says. So
whoever goes on from a node sees all there is, wherever he came from; whoever looks back from an
own node does, too; but back from a shared node lead the statements of all parts. A rule
is *closed* if it never looks back from a shared node.

Whether the objects of a predicate are own nodes is for the data to say: each part says of
which predicates they all are, in it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kg.shape_constraints import Check, Rule, failing
from kg.shape_graphs import UnsupportedShapeError
from kg.shape_paths import Path, reverse
from kg.shape_queries import Expression, Group, Pattern, ShapeQuery, variables_of
from kg.triple_indexes import TYPE, TripleIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """Where a rule goes on and where it looks back, by predicates, or by all (*about*, *into*)."""

    is_closed: bool
    onward: frozenset[str]
    backward: frozenset[str]
    about: bool
    into: bool


def reads_of_own(rule: Rule, owned: Collection[str]) -> Reads:
    """What *rule* reads from a focus node of a part in which *owned* predicates lead to own nodes only.

    Raises:
        UnsupportedShapeError: it begins at other nodes than its focus nodes.
    """
    return _Trace.of(rule, owned, is_own=True)


def reads_of_shared(rule: Rule) -> Reads:
    """What *rule* reads from a focus node that is shared.

    Raises:
        UnsupportedShapeError: it begins at other nodes than its focus nodes.
    """
    return _Trace.of(rule, (), is_own=False)


class _Trace:
    """Follows a rule from its focus node, without data."""

    def __init__(self, owned: Collection[str]) -> None:
        self._owned = owned
        self._onward: set[str] = set()
        self._backward: set[str] = set()
        self._is_closed, self._about, self._into = True, False, False

    @classmethod
    def of(cls, rule: Rule, owned: Collection[str], *, is_own: bool) -> Reads:
        """What *rule* reads."""
        trace = cls(owned)
        if any(name not in ("sh:targetClass", "sh:targetSubjectsOf") for name, _ in rule.targets):
            raise UnsupportedShapeError("targets by name or by object could be in any part")
        trace.rule(rule, is_own=is_own)
        return Reads(
            is_closed=trace._is_closed,
            onward=frozenset(trace._onward),
            backward=frozenset(trace._backward),
            about=trace._about,
            into=trace._into,
        )

    def rule(self, rule: Rule, *, is_own: bool) -> None:
        """Follow *rule* from a node."""
        end = self._go(rule.way, is_own=is_own) if rule.way else is_own
        for check in rule.checks:
            self._check(check, is_own=end)
        for inner in rule.inner:
            self.rule(inner, is_own=end)
        for query in rule.queries:
            self._query(query, is_own=is_own)

    def _check(self, check: Check, *, is_own: bool) -> None:
        # The objects that a check looks up at the focus node are compared, and led no further.
        self._onward.update(check.reads)
        if check.reads_classes:
            self._onward.add(TYPE)
        self._about = self._about or check.reads_all
        for rules in check.lists:
            for rule in rules:
                self.rule(rule, is_own=is_own)

    # ------------------------------------------------------------ paths

    def _go(self, path: Path, *, is_own: bool) -> bool:
        """Go along *path*; whether all nodes at its end are own."""
        if path.form == "predicate":
            self._onward.add(path.predicate)
            # What has a class in common with others has nothing else in common with them.
            return is_own and path.predicate in self._owned and path.predicate != TYPE
        if path.form == "inverse":
            self._backward.add(path.predicate)
            self._is_closed = self._is_closed and is_own
            return is_own
        if path.form == "sequence":
            for part in path.parts:
                is_own = self._go(part, is_own=is_own)
            return is_own
        if path.form == "alternative":
            ends = [self._go(part, is_own=is_own) for part in path.parts]
            return all(ends)
        if path.form == "oneOrMore":
            is_own = self._go(path.parts[0], is_own=is_own)
        once_more = self._go(path.parts[0], is_own=is_own)
        if is_own and not once_more:
            self._go(path.parts[0], is_own=False)
        return is_own and once_more

    # ------------------------------------------------------------ queries

    def _query(self, query: ShapeQuery, *, is_own: bool) -> None:
        self._group(query.group, {"?this": is_own})

    def _group(self, group: Group, found: dict[str, bool]) -> None:
        """Follow a group from the variables *found*, and whether they are own nodes, and add others."""
        waiting, filters, unions, optionals = [], list[Expression](), list[Sequence[Group]](), list[Group]()
        flat = [group]
        while flat:
            each = flat.pop()
            waiting += each.patterns
            filters += each.filters
            optionals += each.optionals
            flat += [branch for branches in each.unions if not branches[1:] for branch in branches]
            unions += [branches for branches in each.unions if branches[1:]]
        waiting = self._find_onward(waiting, found)
        while any(each.object in found for each in waiting):
            waiting = self._find_onward(self._find_backward(waiting, found), found)
        for branch in (branch for branches in unions for branch in branches):
            self._inside(branch, found)
        while waiting := self._find_onward(waiting, found):
            waiting = self._find_backward(waiting, found)
        for branch in optionals:
            self._inside(branch, found)
        for condition in filters:
            self._condition(condition, found)

    def _inside(self, group: Group, found: dict[str, bool]) -> None:
        self._group(group, dict(found))
        for name in variables_of(group, with_filters=False):
            found.setdefault(name, False)

    def _condition(self, condition: Expression, found: dict[str, bool]) -> None:
        if condition.group:
            self._group(condition.group, dict(found))
        for part in condition.parts:
            self._condition(part, found)

    def _find_onward(self, waiting: Sequence[Pattern], found: dict[str, bool]) -> list[Pattern]:
        """Go on from all that is *found*, as far as that leads; the patterns left."""
        left = list(waiting)
        while ready := [each for each in left if each.subject in found]:
            for each in ready:
                left.remove(each)
                if each.path:
                    is_own = self._go(each.path, is_own=found[each.subject])
                else:
                    self._about, is_own = True, False
                    found[each.predicate] = False
                if each.object[0] == "?":
                    found[each.object] = found.get(each.object, False) or is_own
        return left

    def _find_backward(self, waiting: Sequence[Pattern], found: dict[str, bool]) -> list[Pattern]:
        """Look back along one pattern, best from an own node; the patterns left."""
        known = [each for each in waiting if each.object in found]
        if not known or any(each.subject[0] != "?" for each in known):
            raise UnsupportedShapeError("a SPARQL constraint begins at other nodes than the focus node")
        each = max(known, key=lambda each: found[each.object])
        if each.path:
            found[each.subject] = self._go(reverse(each.path), is_own=found[each.object])
        else:
            self._into = True
            self._is_closed = self._is_closed and found[each.object]
            found[each.subject] = found[each.object]
            found[each.predicate] = False
        return [other for other in waiting if other is not each]


# ---------------------------------------------------------------- shared focus nodes


def can_be_refuted(rule: Rule) -> bool:
    """Whether *rule* does no more from a shared focus node than to miss one statement about it.

    Then what it finds in the context alone is found in all of the data, too, unless a part
    has such a statement.
    """
    if rule.checks or rule.inner or len(rule.queries) != 1:
        return False
    (query,) = rule.queries
    group = query.group
    if query.variables != ("this",) or query.having or group.patterns or group.unions or group.optionals:
        return False
    return all(_is_closed(each) or _misses_one(each) for each in group.filters)


def _is_closed(condition: Expression) -> bool:
    trace = _Trace(())
    trace._condition(condition, {"?this": False})
    return trace._is_closed


def _misses_one(condition: Expression) -> bool:
    """Whether a condition is that there is no statement of one pattern."""
    group = condition.parts[0].group if condition.form == "not" else None
    if group is None or len(group.patterns) != 1 or group.unions or group.optionals:
        return False
    (pattern,) = group.patterns
    looked = set().union(*(variables_of(each, with_filters=True) for each in group.filters))
    return pattern.path is None and pattern.object == "?this" and looked <= {"?this", pattern.predicate}


def undecided(rule: Rule, context: TripleIndex, focus: Collection[str]) -> list[str]:
    """Those of *focus*, shared nodes, for which *rule* has to look beyond the *context*.

    It need not where all that looks beyond is one of several alternatives, and another of them
    holds already.
    """
    closed = all(_is_closed_check(each) or each.name == "sh:or" for each in rule.checks)
    if not closed or rule.way or rule.queries or not all(map(_is_closed_inside, rule.inner)):
        return list(focus)
    either = [each for each in rule.checks if not _is_closed_check(each)]
    open_ = set[str]()
    for check in either:
        left = set(focus)
        for test in check.lists[0]:
            left = failing(test, context, left) if _is_closed_inside(test) else left
        open_ |= left
    return [node for node in focus if node in open_]


def _is_closed_inside(rule: Rule) -> bool:
    trace = _Trace(())
    trace.rule(rule, is_own=False)
    return trace._is_closed


def _is_closed_check(check: Check) -> bool:
    trace = _Trace(())
    trace._check(check, is_own=False)
    return trace._is_closed
