"""The kinds of addresses that are not guarded by one verb."""

PUBLIC = "public"  # 200 for everyone
DOOR = "door"  # for visitors; who is in is led home
OWN = "own"  # one's own account: whoever is in, sometimes after giving the password again
ANYONE = "anyone"  # whoever is in, each seeing only what they may
POST = "post"  # answers to POST alone
LEADS = "leads"  # leads elsewhere, or to nothing
HELD = "held"  # only for who holds it: refused to whoever else asks, whatever their role
