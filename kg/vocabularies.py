"""The controlled vocabularies, as the words that annotation files use.

The definitions are the SKOS concept schemes in ``ontology/vocabularies.ttl``;
a test holds that both say the same. They are repeated here so that reading a file
needs no RDF library.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Polarity(StrEnum):
    """Which way a stance points."""

    PRO = "pro"
    CONDITIONAL = "conditional"
    NEUTRAL = "neutral"
    CON = "con"


STANCES: Final[dict[str, Polarity]] = {
    "proposes": Polarity.PRO,
    "demands": Polarity.PRO,
    "supports": Polarity.PRO,
    "accepts": Polarity.PRO,
    "accepts-conditionally": Polarity.CONDITIONAL,
    "open-to": Polarity.CONDITIONAL,
    "undecided": Polarity.NEUTRAL,
    "doubts": Polarity.CON,
    "opposes": Polarity.CON,
    "rejects": Polarity.CON,
    "rules-out": Polarity.CON,
}
"""The stance scale, from most for to most against, each with its polarity."""

SCHEMES: Final[dict[str, tuple[str, ...]]] = {
    "stance": tuple(STANCES),
    "polarity": tuple(Polarity),
    "function": (
        "security-guarantee", "deterrent", "incentive", "confidence-building", "accountability",
        "verification", "concession", "leverage", "compensation", "face-saving", "precondition",
        "enforcement", "stabilisation",
    ),
    "modality": ("factual", "hypothetical", "normative", "predictive"),
    "hedge": ("possibly", "probably", "apparently", "arguably", "reportedly", "unlikely", "uncertain"),
    "mode": (
        "own-voice", "full-quotation", "partial-quotation", "reported-speech", "narrated", "inferred",
        "predicted",
    ),
    "claimkind": ("empirical", "legal", "forecast", "evaluative", "precedent", "normative", "causal"),
    "actorkind": (
        "person", "state", "government", "international-organisation", "alliance", "institution",
        "outlet", "opinion-group", "collective", "anonymous-source",
    ),
    "relation": ("supports", "undercuts"),
    "partrole": ("stated", "optional", "premise", "process-step"),
    "condition": ("if", "unless", "in-return-for"),
    "section": (
        "body", "title", "heading", "summary", "highlight", "caption", "pull-quote", "teaser", "sidebar",
        "advertisement", "furniture", "footnote",
    ),
}  # fmt: skip
"""Concept scheme name to its concept slugs, in the order of the scheme."""
