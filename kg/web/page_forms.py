"""The form of a saved question: a field for each parameter, with what it takes and what it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from kg.errors import ParameterError
from kg.headers import ANY, LITERALS, Parameter, SavedQuery
from kg.web.page_examples import example
from kg.web.page_readers import Reader

_LARGEST_LIST: Final = 600
"""A longer list of names is not written into a form; the script completes from the server."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a question is asked with: values by parameter, as they were written."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, name: str) -> tuple[str, ...]:
        """The values of one parameter."""
        return self.values.get(name, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One parameter in a form; *options* are value and label, *control* is how it is given."""

    param: Parameter
    label: str
    control: str
    values: tuple[str, ...]
    hint: str
    options: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    @property
    def is_needed(self) -> bool:
        """Whether it must be given."""
        return self.param.default is None

    @property
    def inputs(self) -> tuple[str, ...]:
        """The contents of its inputs: those given, and an empty one where more can be."""
        return (*self.values, "") if self.param.many or not self.values else self.values


def read_fields(reader: Reader, query: SavedQuery, given: Given, problem: str) -> list[Field]:
    """A field for each parameter of *query*; *problem* is what is wrong with one of them."""
    return [_field(reader, query, param, given, problem) for param in query.params]


def is_folded(query: SavedQuery, each: Field) -> bool:
    """Whether a field is at first out of sight: where others matter more, and it is not given."""
    if each.is_needed or each.values or each.problem:
        return False
    return each.param.name == "layer" or any(param.default is None for param in query.params)


def _field(reader: Reader, query: SavedQuery, param: Parameter, given: Given, problem: str) -> Field:
    entities = reader.labels.of(param.type)
    is_entity = param.type.startswith("st:")
    control = "list" if is_entity else "choice" if param.type not in LITERALS else "text"
    names = [each.label for each in entities]
    options = tuple(
        (each.slug, each.label or each.slug)
        if control == "choice"
        else (each.label if names.count(each.label) == 1 and each.label else each.slug, each.slug)
        for each in (entities if len(entities) <= _LARGEST_LIST else ())
    )
    if param.type == "xsd:boolean":
        control, options = "choice", (("true", "yes"), ("false", "no"))
    shown = ", ".join(_called(reader, param, each) for each in example(reader, query, param).split(", "))
    return Field(
        param=param,
        label=param.name.replace("_", " ").capitalize(),
        control=control,
        values=tuple(_called(reader, param, value) for value in given.of(param.name)),
        hint=f"{param.about}" + (f", for example {shown}" if shown and control != "choice" else ""),
        options=options,
        problem=problem.removeprefix(f"{param.name}: ") if problem.startswith(f"{param.name}: ") else "",
    )


def _called(reader: Reader, param: Parameter, value: str) -> str:
    """A value as its field shows it: a thing by its label, a word of a vocabulary by its slug."""
    if param.type in LITERALS or value == ANY:
        return "" if value == ANY else value
    try:
        entity = reader.labels.resolve(value, param.type).entity
    except ParameterError:
        return value
    if not param.type.startswith("st:"):
        return entity.slug
    alike = [each for each in reader.labels.of(param.type) if each.label == entity.label]
    return entity.label if entity.label and len(alike) == 1 else entity.slug
