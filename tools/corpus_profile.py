"""Write ``kg/corpus_profile.json``: the shape of the corpus that is shipped, for `kg generate`.

Run it again when the corpus has changed much: ``python -m tools.corpus_profile``.
"""

from __future__ import annotations

import json

from kg.corpora import read_corpus
from kg.corpus_profiles import FILE, Profile, profile_of
from kg.files import packaged_seeds


def text_of(profile: Profile) -> str:
    """Write a profile with one topic's table a line."""
    topics = []
    for topic, tables in profile.items():
        lines = [f"  {json.dumps(key)}: {json.dumps(table)}" for key, table in tables.items()]
        topics.append(f"{json.dumps(topic)}: {{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(topics) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(text_of(profile_of(read_corpus([packaged_seeds()]))), encoding="utf-8")
