"""Invented organisations that support the pilots, and where to ask about a site."""

import json

from demo.work_plan import pilots

SUPPORTERS = ("Lantern Fund", "Northlight Trust", "Blue Shelf Foundation")
PROGRAMME = "programme@example.org"
SITES_WITH_OFFICE = 4


def supporters_toml() -> str:
    """Blocks for network.toml: every pilot has one supporter, each third one a second."""
    sites = sorted(pilots())
    blocks = []
    for number, name in enumerate(SUPPORTERS):
        own = [site for n, site in enumerate(sites) if number in (n % 3, n % 9)]
        blocks.append(f'[[supporter]]\nname = "{name}"\nsites = {json.dumps(own)}')
    return "\n\n".join(blocks)


def contacts_toml() -> str:
    """Blocks for network.toml: the programme's own address, and offices of some sites."""
    offices = [(site, f"https://site-{site}.example.org/contact") for site in sorted(pilots())[:SITES_WITH_OFFICE]]
    own = [f'[[contact]]\nsite = "{site}"\naddress = "{address}"' for site, address in offices]
    return "\n\n".join([f'[[contact]]\naddress = "{PROGRAMME}"', *own])
