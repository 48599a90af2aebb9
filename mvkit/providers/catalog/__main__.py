"""Put the table of models into its page: ``python -m mvkit.providers.catalog``."""

from __future__ import annotations

from mvkit.files import write_whole
from mvkit.providers.catalog.table import with_table
from mvkit.settings import ROOT

PAGE = ROOT / "docs" / "models.md"

if __name__ == "__main__":
    write_whole(PAGE, with_table(PAGE.read_text(encoding="utf-8")))
