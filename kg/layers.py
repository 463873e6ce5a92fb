"""Only some layers of codings of a graph: whose statements, and what is inferred from them, are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kg.exports import ExportError, read_token
from kg.terms import Iri, Quad, expand, token

_GENERATED, _LAYER, _INFERRED, _OF = (
    token(Iri(expand(name))) for name in ("prov:wasGeneratedBy", "st:inLayer", "st:inferred", "st:ofPosition")
)


def only_layers(quads: Iterable[Quad], layers: Sequence[str]) -> list[Quad]:
    """Leave out the graphs of codings of other layers than *layers*; registries and the like stay.

    Raises:
        ExportError: no coding is of one of *layers*.
    """
    quads = list(quads)
    layer_of = {quad.subject: str(read_token(quad.object)) for quad in quads if quad.predicate == _LAYER}
    for unknown in sorted(set(layers) - set(layer_of.values())):
        known = ", ".join(sorted(set(layer_of.values()))) or "none"
        raise ExportError(f"no coding is of the layer {unknown!r}; there are {known}")
    dropped = {
        quad.subject
        for quad in quads
        if quad.predicate == _GENERATED
        and quad.subject == quad.graph
        and layer_of.get(quad.object) not in layers
    }
    kept = [quad for quad in quads if quad.graph not in dropped]
    inferred = {quad.graph for quad in kept if quad.predicate == _INFERRED}
    gone = {quad.subject for quad in quads if quad.graph in dropped}
    gone -= {quad.subject for quad in kept if quad.graph not in inferred}
    gone |= {quad.subject for quad in kept if quad.predicate == _OF and quad.object in gone}
    return [
        quad
        for quad in kept
        if quad.graph not in inferred or (quad.subject not in gone and quad.object not in gone)
    ]
