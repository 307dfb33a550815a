"""Names of games: GameDig renamed many of them between its versions 4 (Uptime Kuma 1) and 5 (2)."""

from __future__ import annotations

from typing import Final

_RENAMED: Final = """
    7d2d:sdtd ageofchivalry:aoc americasarmypg:aapg arcasimracing:asr08 arkse:ase arma:aaa arma2oa:a2oa
    armacwa:acwa armagetron:armagetronadvanced armar:armaresistance armare:armareforger as:actionsource
    bat1944:battalion1944 bd:basedefense bf1942:battlefield1942 bf2:battlefield2 bf2142:battlefield2142
    bf3:battlefield3 bf4:battlefield4 bfbc2:bbc2 bfh:battlefieldhardline bfv:battlefieldvietnam
    bs:bladesymphony buildandshoot:bas cacrenegade:cacr callofjuarez:coj chivalry:cmw cod4:cod4mw
    commandos3:c3db contactjack:contractjack crossracing:crce cs15:counterstrike15 cs16:counterstrike16
    cs2:counterstrike2 darkesthour:dhe4445 daysofwar:dow deadlydozenpt:ddpt dh2005:deerhunter2005
    dinodday:ddd dirttrackracing2:dtr2 dmc:deathmatchclassic dnl:dal drakan:dootf dys:dystopia
    em:empiresmod empyrion:egs f12002:formulaone2002 fivem:gta5f flashpointresistance:ofr
    forrest:theforrest ges:goldeneyesource giantscitizenkabuto:gck gore:gus graw:tcgraw graw2:tcgraw2
    had2:hiddendangerous2 hidden:thehidden hl2dm:hl2d hldm:hld hldms:hlds hlopfor:hlof igi2:i2cs
    il2:il2sturmovik insurgencymic:imic isle:theisle jamesbondnightfire:jb007n jc2mp:jc2m jc3mp:jc3m
    kingpin:kloc kisspc:kpctnc kspdmp:kspd kzmod:kreedzclimbing left4dead:l4d left4dead2:l4d2 m2mp:m2m
    minecraftbe:mbe moh2010:moh mohab:moha mohbt:mohaab mohsh:mohaas mohwf:mohw mtasa:gtasamta
    mtavc:gtavcmta nolf:tonolf nolf2:nolf2asihw ns:naturalselection ns2:naturalselection2
    nwn:neverwinternights nwn2:neverwinternights2 pc:projectcars pc2:projectcars2 prbf2:prb2
    primalcarnage:pce przomboid:projectzomboid ps:postscriptum pvkii:pvak2 quake1:quake quake3:q3a
    r6:rainbowsix r6ravenshield:rs3rs r6roguespear:rs2rs ragdollkungfu:rdkf redm:rdr2r
    redorchestraost:roo4145 riseofnations:ron rs2:rs2v samp:gtasam saomp:gtasao savage2:s2ats
    ship:theship sinep:sinepisodes sonsoftheforest:sotf ss:serioussam ss2:serioussam2 swbf:swb swbf2:swb2
    swjk:swjkja swjk2:swjk2jo takeonhelicopters:toh terraria:terrariatshock tf2:teamfortress2 tribes1:t1s
    ut:unrealtournament ut2003:unrealtournament2003 ut2004:unrealtournament2004 ut3:unrealtournament3
    v8supercar:v8sc vcmp:vcm vs:vampireslayer wheeloftime:wot wolfenstein2009:wolfenstein
    wolfensteinet:wet wurm:wurmunlimited
"""

_NEW_NAMES: Final = dict(pair.split(":") for pair in _RENAMED.split())


def new_name(game: str) -> str:
    """What a game of GameDig 4 is called in GameDig 5."""
    return _NEW_NAMES.get(game, game)
