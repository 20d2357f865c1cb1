"""Record an afternoon of real servers as a corpus: `python tests/journeys/record.py tests/corpus/real` (as root)."""

import json
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

from journeys.people import DOMAIN, OWN_NETWORK
from journeys.provider import TIME_ZONE, Provider


def record(target: Path, *, long_queue_ids: bool) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        with Provider(folder, long_queue_ids=long_queue_ids) as provider:
            afternoon = provider.afternoon()
            for log in provider.logs:
                shutil.copyfile(log, target / log.name)
    truth = {
        "year": datetime.now(ZoneInfo(TIME_ZONE)).year,
        "time_zone": TIME_ZONE,
        "local_domain": DOMAIN,
        "own_network": OWN_NETWORK,
        "submissions": afternoon.truth(),
    }
    (target / "truth.json").write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    record(Path(sys.argv[1]), long_queue_ids="--long" in sys.argv)
