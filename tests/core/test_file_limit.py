from __future__ import annotations

import subprocess
import sys

import pytest

from kuma_lite.core.file_limit import MOST_CONNECTIONS, connections_within

RAISE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
from kuma_lite.core.file_limit import file_limit, raise_file_limit
print(raise_file_limit(), file_limit())
"""


@pytest.mark.parametrize(("soft", "hard", "after"), [(256, 1024, 1024), (512, 512, 512)])
def test_the_soft_limit_becomes_the_hard_one(soft: int, hard: int, after: int) -> None:
    command = [sys.executable, "-c", RAISE, str(soft), str(hard)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(after)] * 2


def test_half_of_the_files_stay_for_checks() -> None:
    assert connections_within(1024) == 512
    assert connections_within(65_536) == MOST_CONNECTIONS
    assert connections_within(1) == 1
