"""Put the table of models into the README: ``python -m mvkit.providers.catalog``."""

from __future__ import annotations

from mvkit.files import write_whole
from mvkit.providers.catalog.table import with_table
from mvkit.settings import ROOT

README = ROOT / "README.md"

if __name__ == "__main__":
    write_whole(README, with_table(README.read_text(encoding="utf-8")))
