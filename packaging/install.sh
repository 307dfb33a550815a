#!/bin/sh
# Installs Kuma Lite as a service of this machine:
#
#   curl -fsSL https://github.com/kuma-lite/kuma-lite/releases/latest/download/install.sh | sudo sh
#
# sh install.sh --help lists what it takes. It downloads the build for this machine, compares its SHA-256 with the
# list of the release, unpacks it beside what is there and lets it take its place at once. Interrupted anywhere, what
# was there before still works.
set -eu
umask 022

WHAT=server
RELEASES=${KUMA_LITE_RELEASES:-https://github.com/kuma-lite/kuma-lite/releases}
DIR=/opt/kuma-lite
BIN=/usr/local/bin
VERSION=
SERVICE=yes
OLDEST_GLIBC=28 # 2.28: Debian 10, Ubuntu 20.04, RHEL 8

say() {
    printf '%s\n' "$*"
}

fail() {
    printf 'install: %s\n' "$*" >&2
    exit 1
}

usage() {
    say "usage: $SCRIPT [--version X.Y.Z] [--dir FOLDER] [--bin FOLDER] [--from URL] [--no-service] [OPTION ...]"
    say "       $SCRIPT --uninstall [--dir FOLDER]"
    say
    say "  --version X.Y.Z  that one, instead of the newest"
    say "  --dir FOLDER     where the program goes [$DIR]"
    say "  --bin FOLDER     where a link to it goes [$BIN]"
    say "  --from URL       of the releases [$RELEASES]"
    say "  --no-service     only the program"
    say "  --uninstall      remove service and program; data and settings stay"
    say
    say "Every other OPTION is one of: kuma-lite service install$OF_SERVICE"
    say "$OPTIONS"
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# Whether its C library is musl. The least systems have no ldd to ask.
is_musl() {
    if has ldd; then
        ldd --version 2>&1 | grep -qi musl
    else
        ls /lib/ld-musl-* >/dev/null 2>&1
    fi
}

# What this machine is called in the names of builds: x86_64, aarch64-musl ...
build_for_here() {
    case $(uname -s) in
    Linux) ;;
    Darwin) fail "on macOS Kuma Lite is a Python package: pipx install kuma-lite" ;;
    MINGW* | MSYS* | CYGWIN* | Windows*)
        fail "Kuma Lite does not run on Windows itself; run this inside WSL (wsl --install)" ;;
    *) fail "there is no build for $(uname -s)" ;;
    esac
    machine=$(uname -m)
    # A system of 32 bits may run on a kernel of 64.
    if [ "$machine" = aarch64 ] && [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 32 ]; then machine=armv7l; fi
    case $machine in
    x86_64 | amd64) machine=x86_64 ;;
    aarch64 | arm64) machine=aarch64 ;;
    armv7l | armv8l) machine=armv7l ;;
    *) fail "there is no build for $machine; the Python package runs wherever Python 3.11 does" ;;
    esac
    if is_musl; then
        machine=$machine-musl
    else
        found=$(getconf GNU_LIBC_VERSION 2>/dev/null || echo)
        minor=${found#glibc 2.}
        minor=${minor%%[!0-9]*}
        if [ -n "$minor" ] && [ "$minor" -lt "$OLDEST_GLIBC" ]; then
            fail "the C library of this system ($found) is too old; 2.$OLDEST_GLIBC is the oldest that will do"
        fi
    fi
    say "$machine"
}

# fetch NAME FILE: one file of the release.
fetch() {
    if has curl; then
        curl -fsSL --retry 2 -o "$2" "$URL/$1"
    elif has wget; then
        wget -q -O "$2" "$URL/$1"
    else
        fail "curl or wget is needed"
    fi || fail "$URL/$1 cannot be downloaded"
}

# The SHA-256 of a file.
sha256() {
    case $SUMMER in
    sha256sum) sha256sum "$1" ;;
    shasum) shasum -a 256 "$1" ;;
    openssl) openssl dgst -sha256 -r "$1" ;;
    esac | cut -d ' ' -f 1
}

# Names in the list of the release: kuma-lite-0.1.0-linux-x86_64.tar.gz and the like. Prints “digest name”.
choose() {
    sed -n "s/^\([0-9a-f]\{64\}\) [ *]\(\.\/\)\{0,1\}\(kuma-lite-[0-9][0-9A-Za-z.]*-linux-$1\.tar\.gz\)\$/\1 \3/p" "$2" |
        head -n 1
}

install_program() {
    build=$(build_for_here)
    SUMMER=
    for tool in openssl shasum sha256sum; do if has "$tool"; then SUMMER=$tool; fi; done
    [ -n "$SUMMER" ] || fail "sha256sum, shasum or openssl is needed to verify what is downloaded"
    mkdir -p "$DIR" 2>/dev/null || fail "$DIR cannot be made: run this as root, or name another folder with --dir"
    [ -w "$DIR" ] || fail "$DIR cannot be written: run this as root, or name another folder with --dir"
    chmod 755 "$DIR"
    rm -rf "$DIR"/.install-* # of one that was interrupted
    temporary=$(mktemp -d "$DIR/.install-XXXXXX")
    trap 'rm -rf "$temporary"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP

    if [ -n "$VERSION" ]; then URL=$RELEASES/download/v$VERSION; else URL=$RELEASES/latest/download; fi
    fetch SHA256SUMS "$temporary/SHA256SUMS"
    line=$(choose "$build" "$temporary/SHA256SUMS")
    [ -n "$line" ] || fail "the release has nothing for this machine ($build); the Python package runs wherever Python 3.11 does"
    digest=${line%% *}
    name=${line#* }
    version=${name#kuma-lite-}
    version=${version%%-linux-*}
    if [ -n "$VERSION" ] && [ "$version" != "$VERSION" ]; then fail "$URL has version $version, not $VERSION"; fi

    if [ "$(readlink "$DIR/kuma-lite" 2>/dev/null || :)" = "versions/$version/kuma-lite" ] &&
        [ "$("$DIR/kuma-lite" --version 2>/dev/null || :)" = "kuma-lite $version" ]; then
        say "Kuma Lite $version is in $DIR already."
        return
    fi
    say "Downloading $URL/$name"
    fetch "$name" "$temporary/$name"
    [ "$(sha256 "$temporary/$name")" = "$digest" ] ||
        fail "$name arrived damaged, or is not that of the release: it is not installed"
    mkdir "$temporary/unpacked"
    tar -xzf "$temporary/$name" -C "$temporary/unpacked" || fail "$name cannot be unpacked; is there room in $DIR?"
    new=$temporary/unpacked/${name%.tar.gz}
    [ "$("$new/kuma-lite" --version 2>&1 || :)" = "kuma-lite $version" ] ||
        fail "the program does not run on this machine: $("$new/kuma-lite" --version 2>&1 | tail -n 1)"

    before=$(readlink "$DIR/kuma-lite" 2>/dev/null || :)
    mkdir -p "$DIR/versions"
    chmod 755 "$DIR/versions" "$new"
    rm -rf "$DIR/versions/$version" # one that does not run
    mv "$new" "$DIR/versions/$version"
    # One that was unpacked by hand is kept by another name.
    if [ -f "$DIR/kuma-lite" ] && [ ! -L "$DIR/kuma-lite" ]; then ln -f "$DIR/kuma-lite" "$DIR/kuma-lite.old"; fi
    ln -s "versions/$version/kuma-lite" "$temporary/kuma-lite"
    sync
    mv -f "$temporary/kuma-lite" "$DIR/kuma-lite" # from here on it is the new one
    for folder in "$DIR"/versions/*; do
        case versions/${folder##*/}/kuma-lite in
        "versions/$version/kuma-lite" | "$before") ;;
        *) rm -rf "$folder" ;;
        esac
    done
    say "Kuma Lite $version is in $DIR."
}

link_program() {
    if [ -L "$BIN/kuma-lite" ] || [ ! -e "$BIN/kuma-lite" ]; then
        { mkdir -p "$BIN" && ln -sf "$DIR/kuma-lite" "$BIN/kuma-lite"; } || say "No link in $BIN could be made."
    else
        say "$BIN/kuma-lite is another program, and stays; this one is $DIR/kuma-lite."
    fi
}

install_service() {
    if [ ! -d /run/systemd/system ]; then
        say "There is no systemd here: let what starts programs on this machine run"
        say "  $DIR/kuma-lite $RUN"
        return
    fi
    if [ -e "/etc/systemd/system/$UNIT.service" ] && [ $# = 0 ]; then
        systemctl restart "$UNIT"
        say "$UNIT was started anew."
    else
        # shellcheck disable=SC2086 # none or one word
        "$DIR/kuma-lite" service install $OF_SERVICE "$@"
    fi
}

uninstall() {
    if [ -x "$DIR/kuma-lite" ] && [ -e "/etc/systemd/system/$UNIT.service" ]; then
        # shellcheck disable=SC2086 # none or one word
        "$DIR/kuma-lite" service uninstall $OF_SERVICE
    fi
    if [ -e "/etc/systemd/system/$OTHER.service" ]; then
        say "$OTHER is a service here, too: the program stays in $DIR."
        return
    fi
    if [ ! -L "$DIR/kuma-lite" ]; then fail "there is no Kuma Lite in $DIR that this script has installed"; fi
    if [ "$(readlink "$BIN/kuma-lite" 2>/dev/null || :)" = "$DIR/kuma-lite" ]; then rm -f "$BIN/kuma-lite"; fi
    rm -rf "$DIR/kuma-lite" "$DIR/kuma-lite.old" "$DIR/versions" "$DIR"/.install-* "$DIR/.update"
    rmdir "$DIR" 2>/dev/null || :
    say "Kuma Lite is removed from $DIR. Data in /var/lib/kuma-lite and settings in /etc/kuma-lite stay."
}

main() {
    if [ "$WHAT" = agent ]; then
        SCRIPT=install-agent.sh UNIT=kuma-lite-agent OTHER=kuma-lite OF_SERVICE=" --agent"
        RUN="agent --url URL --token TOKEN"
        OPTIONS="  --url URL, --token TOKEN or --token-file FILE, --interval SECONDS, --docker, --no-processes"
    else
        SCRIPT=install.sh UNIT=kuma-lite OTHER=kuma-lite-agent OF_SERVICE=""
        RUN="serve --data-dir /var/lib/kuma-lite"
        OPTIONS="  --host HOST, --port PORT, --data-dir FOLDER with --user NAME"
    fi
    remove=no
    # What is not for this script goes to the service, in its order.
    left=$#
    while [ "$left" -gt 0 ]; do
        left=$((left - 1))
        word=$1
        shift
        case $word in
        --version | --dir | --bin | --from)
            [ "$left" -gt 0 ] || fail "$word needs a value"
            case $word in
            --version) VERSION=${1#v} ;;
            --dir) DIR=$1 ;;
            --bin) BIN=$1 ;;
            --from) RELEASES=${1%/} ;;
            esac
            left=$((left - 1))
            shift
            ;;
        --no-service) SERVICE=no ;;
        --uninstall) remove=yes ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) set -- "$@" "$word" ;;
        esac
    done
    case $DIR in
    /*) ;;
    *) DIR=$PWD/$DIR ;;
    esac
    if [ "$remove" = yes ]; then
        uninstall
        return
    fi
    install_program
    link_program
    if [ "$SERVICE" = yes ]; then install_service "$@"; fi
}

# At the very end: of a download that breaks off nothing is run.
main "$@"
