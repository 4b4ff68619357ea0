"""Measures jdeskew on pages: prints, for each file, its angle in degrees clockwise and its processor time in milliseconds,
the best of two. `PYTHONPATH=.run/tools/scan python3 peers.py page.jpg...`
"""

import sys
import time

import cv2
from jdeskew.estimator import get_angle

cv2.setNumThreads(1)
for path in sys.argv[1:]:
    page = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        angle = get_angle(page)
        best = min(best, 1000 * (time.process_time() - start))
    print(f"{angle:.4f} {best:.1f}", flush=True)
