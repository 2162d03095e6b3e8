"""The licences of what symgrad needs to run, by its own metadata: ``python tests/licences.py`` prints them.

Metadata speak of a project's own code. NumPy's wheels also carry OpenBLAS (BSD) and GCC's runtime libraries
(GPL, with the exception that lets any program use them), as the licence texts in them say.
"""

import re
from importlib.metadata import distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

BSD = {"0BSD", "BSD-2-Clause", "BSD-3-Clause"}
PERMISSIVE = BSD | {"Apache-2.0", "CC0-1.0", "ISC", "MIT", "PSF-2.0", "Zlib"}
NAMED = {"MPL-2.0"}
"""Copyleft of single files, which binds nobody who only uses them: allowed, and printed as such."""
SPOKEN = {  # what stands in older metadata, in free words or in classifiers
    "Apache": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "ISC": "ISC",
    "MIT": "MIT",
    "MPL": "MPL-2.0",
    "Mozilla": "MPL-2.0",
    "PSF": "PSF-2.0",
    "Python Software Foundation": "PSF-2.0",
}


def needed(name="symgrad", found=None):
    """The names of all distributions that symgrad needs to run, here, without its extras."""
    found = set() if found is None else found
    for text in distribution(name).requires or ():
        wanted = Requirement(text)
        key = canonicalize_name(wanted.name)
        if key not in found and (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
            found.add(key)
            needed(key, found)
    return sorted(found)


def licence(name):
    """The SPDX identifiers of a distribution; what it says in words, where those name none."""
    stated = distribution(name).metadata
    if expression := stated.get("License-Expression"):
        return set(re.split(r"[\s()]+(?:AND|OR|WITH)[\s()]+", expression.strip("() ")))
    classifiers = [text for text in stated.get_all("Classifier", ()) if text.startswith("License ::")]
    said = " ".join(classifiers) or stated.get("License") or "nothing"
    return {SPOKEN[word] for word in SPOKEN if re.search(rf"\b{word}\b", said)} or {said}


if __name__ == "__main__":
    for needed_name in needed():
        known = sorted(licence(needed_name))
        print(f"{needed_name:20} {distribution(needed_name).version:10} {', '.join(known)}")
