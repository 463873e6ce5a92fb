"""The version of this software, which is part of the provenance of everything it writes."""

VERSION = "0.1.0"
