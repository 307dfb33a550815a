"""Games that can be asked for their players, 0 to l: what the library gamedig 5.3 knows (see `table`)."""

from __future__ import annotations

from typing import Final

# id | name | protocol | port | port to ask | how far above the port that lies | former id | manual
ROWS: Final = """\
a2oa|ARMA 2: Operation Arrowhead|valve|2302||1|arma2oa
aaa|ARMA: Armed Assault|gamespy2|2302|||arma
aapg|America's Army: Proving Grounds|valve|8777|27020||americasarmypg
abioticfactor|Abiotic Factor|valve|27015
actionsource|Action: Source|valve|27015|||as
acwa|ARMA: Cold War Assault|gamespy1|2302||1|armacwa
ahl|Action Half-Life|valve|27015
alienarena|Alien Arena|quake2||27910
alienswarm|Alien Swarm|valve|27015
americasarmy|America's Army|gamespy2|1716||1
americasarmy2|America's Army 2|gamespy2|1716||1
americasarmy3|America's Army 3|valve|8777|27020
aoc|Age of Chivalry|valve|27015|||ageofchivalry
aoe2|Age of Empires 2|ase||27224
aosc|Ace of Spades Classic|buildandshoot|32887||-1||aosc-buildandshoot
arma2|ARMA 2|valve|2302||1
arma3|ARMA 3|valve|2302||1
armagetronadvanced|Armagetron Advanced|armagetron|4534|||armagetron
armareforger|ARMA: Reforger|valve|2001|17777||armare|armareforger
armaresistance|ARMA: Resistance|gamespy1|2302||1|armar
asa|Ark: Survival Ascended|asa|7777
ase|Ark: Survival Evolved|valve|7777|27015||arkse
asr08|Arca Sim Racing '08|rfactor|34397||-100|arcasimracing
assettocorsa|Assetto Corsa|assettocorsa|9610
atlas|Atlas|valve|5761||51800
avorion|Avorion|valve|27000||20
avp2|Aliens versus Predator 2|gamespy1|27888
avp2010|Aliens vs. Predator 2010|valve|27015
baldursgate|Baldur's Gate|gamespy1|6073|1470
ballisticoverkill|Ballistic Overkill|valve|27015||1
barotrauma|Barotrauma|valve|27015||1
bas|Build and Shoot|buildandshoot|32887||-1|buildandshoot|aosc-buildandshoot
basedefense|Base Defense|valve|27015|||bd
battalion1944|Battalion 1944|valve|7777||3|bat1944
battlefield1942|Battlefield 1942|gamespy1|14567|23000||bf1942
battlefield2|Battlefield 2|gamespy3|16567|29900||bf2
battlefield2142|Battlefield 2142|gamespy3|16567|29900||bf2142
battlefield3|Battlefield 3|battlefield|25200||22000|bf3
battlefield4|Battlefield 4|battlefield|25200||22000|bf4
battlefieldhardline|Battlefield Hardline|battlefield|25200||22000|bfh
battlefieldvietnam|Battlefield Vietnam|gamespy2|15567|23000||bfv
bbc2|Battlefield: Bad Company 2|battlefield|19567|48888||bfbc2
beammp|BeamMP (2021)|beammp|30814
blackmesa|Black Mesa|valve|27015
bladesymphony|Blade Symphony|valve|27015|||bs
brainbread|BrainBread|valve|27015
brainbread2|BrainBread 2|valve|27015
breach|Breach|valve|27016
breed|Breed|gamespy2|7649
brink|Brink|valve|||1
brokeprotocol|BROKE PROTOCOL|brokeprotocol|||||brokeprotocol
c2d|CS2D|cs2d|36963|||cs2d
c3db|Commandos 3: Destination Berlin|gamespy1||6500||commandos3
cacr|Command and Conquer: Renegade|gamespy1|4848|25300||cacrenegade
cbu|Clive Barker's Undying|gamespy1|7777||1
chaser|Chaser|ase|3000||123
chrome|Chrome|ase|27015||123
cmw|Chivalry: Medieval Warfare|valve|7777||2|chivalry
cod|Call of Duty|quake3|28960
cod2|Call of Duty 2|quake3|28960
cod3|Call of Duty 3|quake3|28960
cod4mw|Call of Duty 4: Modern Warfare|quake3|28960|||cod4
codbo3|Call of Duty: Black Ops 3|valve|27017
codenamecure|Codename CURE|valve|27015
codenameeagle|Codename Eagle|gamespy1||4711
codmw2|Call of Duty: Modern Warfare 2|quake3|28960
codmw3|Call of Duty: Modern Warfare 3|valve|||2
coduo|Call of Duty: United Offensive|quake3|28960
codwaw|Call of Duty: World at War|quake3|28960
coj|Call of Juarez|ase||26000||callofjuarez
colonysurvival|Colony Survival|valve|27004
conanexiles|Conan Exiles|valve|7777|27015|||conanexiles
contagion|Contagion|valve|27015
contractjack|Contract J.A.C.K.|gamespy1||27888||contactjack
corekeeper|Core Keeper|valve|1234||1
counterstrike15|Counter-Strike 1.5|goldsrc|27015|||cs15
counterstrike16|Counter-Strike 1.6|valve|27015|||cs16
counterstrike2|Counter-Strike 2|valve|27015|||cs2|cs2
crce|Cross Racing Championship Extreme|ase|12321||123|crossracing
creativerse|Creativerse|valve|26900||1
crysis|Crysis|gamespy3|64087
crysis2|Crysis 2|gamespy3|64000
crysiswars|Crysis Wars|gamespy3|64100
cscz|Counter-Strike: Condition Zero|valve|27015
csgo|Counter-Strike: Global Offensive|valve|27015||||csgo
css|Counter-Strike: Source|valve|27015
dab|Double Action: Boogaloo|valve|27015
daikatana|Daikatana|quake2|27982||10
dal|Dark and Light|valve|7777|27015||dnl
dayofdragons|Day of Dragons|valve|7777|27015
dayz|DayZ|dayz|2302||24714||dayz
dayzmod|DayZ Mod|valve|2302||1
ddd|Dino D-Day|valve|27015|||dinodday
ddpt|Deadly Dozen: Pacific Theater|gamespy1||25300||deadlydozenpt
deathmatchclassic|Deathmatch Classic|valve|27015|||dmc
deerhunter2005|Deer Hunter 2005|gamespy2|23459|34567||dh2005
descent3|Descent 3|gamespy1|2092|20142
deusex|Deus Ex|gamespy1|7791||1
devastation|Devastation|unreal2|7777||1
dhe4445|Darkest Hour: Europe '44-'45|unreal2|7757||1|darkesthour
discord|Discord|discord|||||discord
dmomam|Dark Messiah of Might and Magic|valve|27015
dnf2001|Duke Nukem Forever 2001|gamespy1|7777||1
dod|Day of Defeat|valve|27015
dods|Day of Defeat: Source|valve|27015
doi|Day of Infamy|valve|27015
doom3|Doom 3|doom3|27666
dootf|Drakan: Order of the Flame|gamespy1|27045||1|drakan
dota2|Dota 2|valve|27015
dow|Days of War|valve|27015|||daysofwar
dst|Don't Starve Together|valve|10999|27016
dtr2|Dirt Track Racing 2|gamespy1|32240||-100|dirttrackracing2
dystopia|Dystopia|valve|27015|||dys
eco|Eco|eco|3000||1
egs|Empyrion - Galactic Survival|valve|30000||1|empyrion
eldewrito|Halo Online - ElDewrito|eldewrito|11775
empiresmod|Empires Mod|valve|27015|||em
enshrouded|enshrouded|valve|15636|15637
etqw|Enemy Territory: Quake Wars|doom3|3074|27733
ets2|Euro Truck Simulator 2|valve|27015||1
exfil|Exfil|valve|7777|27015
f1c9902|F1 Challenge '99-'02|gamespy1||34397
factorio|Factorio|factorio||34197
farcry|Far Cry|ase|49001||123
farcry2|Far Cry 2|ase||14001
farmingsimulator19|Farming Simulator 19|farmingsimulator|8080
farmingsimulator22|Farming Simulator 22|farmingsimulator|8080
farmingsimulator25|Farming Simulator 25|farmingsimulator|8080
fear|F.E.A.R.|gamespy2||27888
ffow|Frontlines: Fuel of War|ffow|5476||2
fof|Fistful of Frags|valve|27015
formulaone2002|Formula One 2002|gamespy1||3297||f12002
fortressforever|Fortress Forever|valve|27015
foundry|FOUNDRY|valve|27015
garrysmod|Garry's Mod|valve|27015
gck|Giants: Citizen Kabuto|gamespy1||8911||giantscitizenkabuto
geneshift|Geneshift|geneshift|11235
globaloperations|Global Operations|gamespy1||28672
goldeneyesource|GoldenEye: Source|valve|27015|||ges
groundbreach|Ground Breach|valve|27015
gta5am|Grand Theft Auto V - alt:V Multiplayer|altvmp|7788|||gta5a|gta5am
gta5f|Grand Theft Auto V - FiveM|fivem|30120|||fivem|gta5f
gta5r|Grand Theft Auto V - RageMP|ragemp|22005||||gta5r
gtasam|Grand Theft Auto: San Andreas Multiplayer|samp|7777|||samp
gtasamta|Grand Theft Auto: San Andreas - Multi Theft Auto|ase|22003||123|mtasa
gtasao|Grand Theft Auto: San Andreas OpenMP|gtasao|7777|||saomp
gtavcmta|Grand Theft Auto: Vice City - Multi Theft Auto|ase|22003||123|mtavc
gunmanchronicles|Gunman Chronicles|valve|27015
gus|Gore: Ultimate Soldier|gamespy1|27777||1|gore
halo|Halo|gamespy2|2302
halo2|Halo 2|gamespy2|2302
hawakening|Hawakening|hawakening|7777|27015|||hawakening
heretic2|Heretic II|gamespy1|27900||1
hexen2|Hexen II|hexen2|26900||50
hiddendangerous2|Hidden & Dangerous 2|gamespy1|11001||3|had2
hl2d|Half-Life 2: Deathmatch|valve|27015|||hl2dm
hld|Half-Life Deathmatch|valve|27015|||hldm
hlds|Half-Life Deathmatch: Source|valve|27015|||hldms
hll|Hell Let Loose|valve|27015
hlof|Half-Life: Opposing Force|valve|27015|||hlopfor
homefront|Homefront|valve|27015
homeworld2|Homeworld 2|gamespy1||6500
hurtworld|Hurtworld|valve|12871|12881
hytale|Hytale|hytale|5523||||hytale
i2cs|IGI 2: Covert Strike|gamespy1||26001||igi2
i2s|IL-2 Sturmovik|gamespy1||21000||il2
icarus|Icarus|valve|27015
imic|Insurgency: Modern Infantry Combat|valve|27015|||insurgencymic
insurgency|Insurgency|valve|27015
insurgencysandstorm|Insurgency: Sandstorm|valve|27015||1
ironstorm|Iron Storm|gamespy1||3505
jb0n|James Bond 007: Nightfire|gamespy1||6550||jamesbondnightfire
jc2m|Just Cause 2 - Multiplayer|jc2mp|7777|||jc2mp
jc3m|Just Cause 3 - Multiplayer|valve|4200||1|jc3mp
killingfloor|Killing Floor|unreal2|7707||1
killingfloor2|Killing Floor 2|valve|7777|27015
kloc|Kingpin: Life of Crime|gamespy1|31510||-10|kingpin
kpctnc|Kiss: Psycho Circus: The Nightmare Child|gamespy1|7777||1|kisspc
kreedzclimbing|Kreedz Climbing|valve|27015|||kzmod
kspd|Kerbal Space Program - DMP|kspdmp|6702||1|kspdmp
l4d|Left 4 Dead|valve|27015|||left4dead
l4d2|Left 4 Dead 2|valve|27015|||left4dead2
"""
