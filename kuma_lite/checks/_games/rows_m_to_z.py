"""Games that can be asked for their players, m to z: what the library gamedig 5.3 knows (see `table`)."""

from __future__ import annotations

from typing import Final

# id | name | protocol | port | port to ask | how far above the port that lies | former id | manual
ROWS: Final = """\
m2m|Mafia II - Multiplayer|mafia2mp|27016||1|m2mp
m2o|Mafia II - Online|mafia2online|27015||1
mbe|Minecraft: Bedrock Edition|minecraft|19132|||minecraftbe
medievalengineers|Medieval Engineers|valve|27015
mgm|Mumble - GT Murmur|mumble|64738|27800|||mumble
minecraft|Minecraft|minecraft|25565||||minecraft
minetest|Minetest|minetest|30000
mnc|Monday Night Combat|valve|7777|27016
moe|Myth of Empires|valve||12888
moh|Medal of Honor|battlefield|7673|48888||moh2010
moha|Medal of Honor: Airborne|gamespy1|12203||97|mohab
mohaa|Medal of Honor: Allied Assault|gamespy1|12203||97
mohaab|Medal of Honor: Allied Assault Breakthrough|gamespy1|12203||97|mohbt
mohaas|Medal of Honor: Allied Assault Spearhead|gamespy1|12203||97|mohsh
mohpa|Medal of Honor: Pacific Assault|gamespy1|13203||97
mohw|Medal of Honor: Warfighter|battlefield|25200||22000|mohwf
mordhau|Mordhau|valve|7777|27015
mumble|Mumble|mumbleping|64738||||mumble
mutantfactions|Mutant Factions|geneshift|11235
nab|Nerf Arena Blast|gamespy1|4444||1
nascarthunder2004|NASCAR Thunder 2004|gamespy2||13333
naturalselection|Natural Selection|valve|27015|||ns
naturalselection2|Natural Selection 2|valve|||1|ns2
netpanzer|netPanzer|gamespy1|3030
neverwinternights|Neverwinter Nights|gamespy2||5121||nwn
neverwinternights2|Neverwinter Nights 2|gamespy2|5121|6500||nwn2
nexuiz|Nexuiz|quake3||26000
nfshp2|Need for Speed: Hot Pursuit 2|gamespy1||61220
nitrofamily|Nitro Family|gamespy1||25601
nla|Nova-Life: Amboise|valve||27015
nmrih|No More Room in Hell|valve|27015
nolf2asihw|No One Lives Forever 2: A Spy in H.A.R.M.'s Way|gamespy1||27890||nolf2
nucleardawn|Nuclear Dawn|valve|27015
ofcwc|Operation Flashpoint: Cold War Crisis|gamespy1|2302||1
ofr|Operation Flashpoint: Resistance|gamespy1|2302||1|flashpointresistance
ohd|Operation: Harsh Doorstop|valve|7777|27005
onset|Onset|valve|7777||-1
openarena|OpenArena|quake3||27960
openttd|OpenTTD|openttd|3979
painkiller|Painkiller|ase|3455||123
palworld|Palworld|palworld|8212||||palworld
pce|Primal Carnage: Extinction|valve|7777|27015||primalcarnage
pixark|PixARK|valve|7777|27015
plutonium|Plutonium|quake3|28960
postal2|Postal 2|gamespy1|7777||1
postscriptum|Post Scriptum|valve|10037|||ps
prb2|Project Reality: Battlefield 2|gamespy3|16567|29900||prbf2
prey|Prey|doom3|27719
projectcars|Project Cars|valve|27015||1|pc
projectcars2|Project Cars 2|valve|27015||1|pc2
projectzomboid|Project Zomboid|valve|16261|||przomboid
pvak2|Pirates, Vikings, and Knights II|valve|27015|||pvkii
q3a|Quake 3: Arena|quake3|27960|||quake3
quake|Quake|quake1|27500|||quake1
quake2|Quake 2|quake2|27910
quake4|Quake 4|doom3|28004
quakelive|Quake Live|valve|27960
rainbowsix|Rainbow Six|gamespy1||2348||r6
rallisportchallenge|RalliSport Challenge|gamespy1||17500
rallymasters|Rally Masters|gamespy1||16666
rdkf|Rag Doll Kung Fu|valve|27015|||ragdollkungfu
rdr2r|Red Dead Redemption 2 - RedM|fivem|30120|||redm
redline|Redline|gamespy1||25252
redorchestra|Red Orchestra|unreal2|7758||1
redorchestra2|Red Orchestra 2|valve|7777|27015
renegade10|Renegade X|renegadex
renown|Renown|renown
rfactor|rFactor|rfactor|34397||-100
rfactor2|rFactor 2|valve||64299
ricochet|Ricochet|valve|27015
risingworld|Rising World|valve|4255||-1
ron|Rise of Nations|gamespy1||6501||riseofnations
roo4145|Red Orchestra: Ostfront 41-45|gamespy1|7757||10|redorchestraost
ror2|Risk of Rain 2|valve|27015||1
rs2rs|Rainbow Six 2: Rogue Spear|gamespy1||2346||r6roguespear
rs2v|Rising Storm 2: Vietnam|valve|27015|||rs2
rs3rs|Rainbow Six 3: Raven Shield|gamespy1|7777||1000|r6ravenshield
rtcw|Return to Castle Wolfenstein|quake3||27960
rune|Rune|gamespy1|7777||1
rust|Rust|valve|28015
s2ats|Savage 2: A Tortured Soul|savage2||11235||savage2
satisfactory|Satisfactory|satisfactory|7777||||satisfactory
sdtd|7 Days to Die|sdtd|26900||1|7d2d|sdtd
serioussam|Serious Sam|gamespy1|25600||1|ss
serioussam2|Serious Sam 2|gamespy2|25600|||ss2
shatteredhorizon|Shattered Horizon|valve|27015
shogo|Shogo|gamespy1||27888
shootmania|Shootmania|nadeo|2350|5000|||nadeo
sin|SiN|gamespy1||22450
sinepisodes|SiN Episodes|valve|27015|||sinep
sof|Soldier of Fortune|gamespy1|28910||1
sof2|Soldier of Fortune 2|quake3||20100
soldat|Soldat|soldat|23073||10||soldat
sotf|Sons Of The Forest|valve|8766|27016||sonsoftheforest
soulmask|Soulmask|valve|8777|27015|||soulmask
spaceengineers|Space Engineers|valve|27015
squad|Squad|squad|7787
ssl|SCP: Secret Labratory|scpsl|||||ssl
sstse|Serious Sam: The Second Encounter|gamespy1|25600||1
stalker|S.T.A.L.K.E.R.|gamespy3|5445||2
starbound|Starbound|valve|21025
starmade|StarMade|starmade|4242
starsiege|Starsiege|starsiege|29001
stbc|Star Trek: Bridge Commander|gamespy1||22101
stn|Survive the Nights|valve|7950||1
stvef|Star Trek: Voyager - Elite Force|quake3||27960
stvef2|Star Trek: Voyager - Elite Force 2|quake3||29253
suicidesurvival|Suicide Survival|valve|27015
svencoop|Sven Coop|valve|27015
swat4|SWAT 4|gamespy2|10480||2
swb|Star Wars: Battlefront|gamespy2||3658||swbf
swb2|Star Wars: Battlefront 2|gamespy2||3658||swbf2
swjk2jo|Star Wars Jedi Knight II: Jedi Outcast|quake3||28070||swjk2
swjkja|Star Wars Jedi Knight: Jedi Academy|quake3||29070||swjk
swrc|Star Wars: Republic Commando|gamespy2|7777|11138
synergy|Synergy|valve|27015
t1s|Tribes 1: Starsiege|tribes1|28001|||tribes1
tacticalops|Tactical Ops|gamespy1|7777||1
tcgraw|Tom Clancy's Ghost Recon Advanced Warfighter|gamespy2||15250||graw
tcgraw2|Tom Clancy's Ghost Recon Advanced Warfighter 2|gamespy2||16250||graw2
teamfactor|Team Factor|gamespy1||57778
teamfortress2|Team Fortress 2|valve|27015|||tf2
teamspeak2|Teamspeak 2|teamspeak2|8767
teamspeak3|Teamspeak 3|teamspeak3|9987||||teamspeak3
terminus|Terminus|gamespy1||12286
terrariatshock|Terraria - TShock|terraria|7777||101|terraria|terraria
tfc|Team Fortress Classic|valve|27015
theforest|The Forest|valve|27015||1|forrest
thefront|The Front|valve||27015
thehidden|The Hidden|valve|27015|||hidden
theisle|The Isle|valve|7707||1|isle
theship|The Ship|valve|27015|||ship
thespecialists|The Specialists|valve|27015
thps3|Tony Hawk's Pro Skater 3|gamespy1||6500
thps4|Tony Hawk's Pro Skater 4|gamespy1||6500
thu2|Tony Hawk's Underground 2|gamespy1||5153
tie|The Isle Evrima|theisleevrima|7777
toh|Take On Helicopters|gamespy1|2302||1|takeonhelicopters
tonolf|The Operative: No One Lives Forever|gamespy1||27888||nolf
towerunite|Tower Unite|valve|27015
toxikk|TOXIKK|toxikk|7777|27015
trackmania2|Trackmania 2|nadeo|2350|5000|||nadeo
trackmaniaforever|Trackmania Forever|nadeo|2350|5000|||nadeo
tremulous|Tremulous|quake3||30720
tribesvengeance|Tribes: Vengeance|gamespy2|7777||1
tron20|Tron 2.0|gamespy2||27888
turok2|Turok 2|gamespy1||12880
u2tax|Unreal 2: The Awakening - XMP|unreal2|7777||1
universalcombat|Universal Combat|ase|1135||123
unreal|Unreal|gamespy1|7777||1
unrealtournament|Unreal Tournament|gamespy1|7777||1|ut
unrealtournament2003|Unreal Tournament 2003|unreal2|7757||1|ut2003
unrealtournament2004|Unreal Tournament 2004|unreal2|7777||1|ut2004
unrealtournament3|Unreal Tournament 3|ut3|7777||-1277|ut3
unturned|unturned|valve|27015||1
urbanterror|Urban Terror|quake3||27960
v8sc|V8 Supercar Challenge|gamespy1||16700||v8supercar
valheim|Valheim|valve|2456||1||valheim
vampireslayer|Vampire Slayer|valve|27015|||vs
vcm|Vice City Multiplayer|vcmp|8192|||vcmp
ventrilo|Ventrilo|ventrilo|3784
vietcong|Vietcong|gamespy1|5425|15425
vietcong2|Vietcong 2|gamespy2|5001|19967
vintagestory|Vintage Story|vintagestory|42420
vrising|V Rising|valve|27015||1,15
warfork|Warfork|warsow||44400
warsow|Warsow|warsow|44400
wet|Wolfenstein: Enemy Territory|quake3||27960||wolfensteinet
wolfenstein|Wolfenstein|doom3|27666|||wolfenstein2009
wop|World Of Padman|quake3|26000
wot|Wheel of Time|gamespy1|7777||1|wheeloftime
wurmunlimited|Wurm Unlimited|valve|3724|27016||wurm
xonotic|Xonotic|xonotic|26000
xpandrally|Xpand Rally|ase|28015||123
zombiemaster|Zombie Master|valve|27015
zps|Zombie Panic: Source|valve|27015
"""
