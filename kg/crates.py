"""A corpus as a research object: an RO-Crate 1.1 with the graph, tables, questions, ontology and citation.

The crate is what one deposits in a repository such as Zenodo: its metadata file
(JSON-LD, schema.org) says what each file is, whose work it is and under which
licence, with sizes and hashes. All dates come from the data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from kg.citations import Citation, bibtex, csl
from kg.exports import export
from kg.record_tables import RecordTables
from kg.table_exports import CSVW_METADATA, csvw
from kg.terms import DOI, PREFIXES, SOFTWARE, Quad
from kg.version import VERSION

METADATA: Final = "ro-crate-metadata.json"
_CONTEXT: Final = "https://w3id.org/ro/crate/1.1/context"
_PROFILE: Final = "https://w3id.org/ro/crate/1.1"
_FORMATS: Final = {
    ".trig": "application/trig", ".ttl": "text/turtle", ".csv": "text/csv", ".json": "application/json",
    ".rq": "application/sparql-query", ".bib": "application/x-bibtex", ".md": "text/markdown",
}  # fmt: skip
_FOLDERS: Final = {
    "tables/": "The records of the graph as CSV on the Web.",
    "queries/": "The saved questions, as SPARQL with described parameters.",
    "ontology/": "What words mean (OWL), the vocabularies (SKOS), what the data must look like (SHACL).",
}


def crate(
    quads: Iterable[Quad],
    tables: RecordTables,
    *,
    citation: Citation,
    queries: Iterable[Path],
    ontology: Iterable[Path],
    prefixes: Mapping[str, str] = PREFIXES,
) -> dict[str, str | bytes]:
    """The files of the crate by path, for *quads* and the *tables* made of them; *citation* is of the whole.

    *queries* and *ontology* are the files of the saved questions and of the ontology.
    """
    files: dict[str, str | bytes] = {"graph.trig": "".join(export(quads, form="trig", prefixes=prefixes))}
    written = csvw(tables, title=citation.title, license_=citation.license)
    files |= {f"tables/{name}": text for name, text in written.items()}
    files |= {f"queries/{file.name}": file.read_bytes() for file in queries}
    files |= {f"ontology/{file.name}": file.read_bytes() for file in ontology}
    files |= {"CITATION.bib": bibtex(citation), "citation.csl.json": csl(citation)}
    files["README.md"] = _readme(citation, str(tables.corpus["description"] or ""))
    return {METADATA: _metadata(files, tables, citation)} | files


def _readme(citation: Citation, description: str) -> str:
    parts = (
        f"# {citation.title}",
        description,
        "- `graph.trig`: the whole graph, a named graph for each file it was read from\n"
        f"- `tables/`: the same as CSV, described by `{CSVW_METADATA}` there\n"
        "- `queries/`: the questions that it was made to answer\n"
        "- `ontology/`: what the words mean\n"
        "- `CITATION.bib`, `citation.csl.json`: how to cite it",
        f"Licence: {citation.license}" if citation.license else "",
        f"Written by Standpoint {VERSION}.",
    )
    return "\n\n".join(filter(None, parts)) + "\n"


# ---------------------------------------------------------------- metadata


def _metadata(files: Mapping[str, str | bytes], tables: RecordTables, citation: Citation) -> str:
    about = {table.name: table.plan.about for table in tables}
    graph = [
        {"@id": METADATA, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": _PROFILE}},
        _root(files, tables, citation),
        *(_folder(name, text, files) for name, text in _FOLDERS.items()),
        *(_file(name, content, about) for name, content in sorted(files.items())),
        *(_author(number, author) for number, author in enumerate(citation.authors, start=1)),
        *(_license(address) for address in filter(None, [citation.license])),
        {"@id": SOFTWARE + VERSION, "@type": "SoftwareApplication", "name": "Standpoint", "version": VERSION},
        {"@id": "#export", "@type": "CreateAction", "name": "Export of the graph",
         "instrument": {"@id": SOFTWARE + VERSION}, "result": {"@id": "./"}},
    ]  # fmt: skip
    return json.dumps({"@context": _CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def _root(files: Mapping[str, str | bytes], tables: RecordTables, citation: Citation) -> dict[str, Any]:
    day = citation.issued
    parts = [name for name in sorted(files) if "/" not in name]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": citation.title,
        # A crate has to have a description; what the corpus does not say is not made up.
        "description": str(tables.corpus["description"] or citation.title),
        "datePublished": day.isoformat() if day else None,
        "license": {"@id": citation.license} if citation.license else None,
        "author": [{"@id": f"#author-{number}"} for number in range(1, len(citation.authors) + 1)],
        "version": citation.version,
        "identifier": DOI + citation.doi if citation.doi else None,
        "url": citation.url,
        "hasPart": [{"@id": name} for name in (*parts, *_FOLDERS)],
    }
    return {name: value for name, value in root.items() if value}


def _folder(name: str, text: str, files: Mapping[str, object]) -> dict[str, Any]:
    parts = [{"@id": file} for file in sorted(files) if file.startswith(name)]
    return {"@id": name, "@type": "Dataset", "name": name.rstrip("/"), "description": text, "hasPart": parts}


def _file(name: str, content: str | bytes, about: Mapping[str, str]) -> dict[str, Any]:
    data = content.encode() if isinstance(content, str) else content
    path = Path(name)
    text = about.get(path.stem) if path.suffix == ".csv" else None
    found = {
        "@id": name,
        "@type": "File",
        "name": path.name,
        "description": text or ("The whole graph, with provenance." if name == "graph.trig" else None),
        "encodingFormat": _FORMATS.get(path.suffix, "text/plain"),
        "contentSize": str(len(data)),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    return {key: value for key, value in found.items() if value}


def _license(address: str) -> dict[str, str]:
    return {"@id": address, "@type": "CreativeWork", "name": address}


def _author(number: int, author: str) -> dict[str, str]:
    family, comma, given = author.partition(", ")
    if not comma:
        return {"@id": f"#author-{number}", "@type": "Organization", "name": author}
    return {"@id": f"#author-{number}", "@type": "Person", "name": f"{given} {family}",
            "familyName": family, "givenName": given}  # fmt: skip
