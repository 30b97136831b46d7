"""How radiation and matter meet: media, cross sections of photons, stopping powers and ranges of charged particles."""
