"""How a script tells a push monitor that it is alive, in several languages.

Clients put the monitor's own address in place of `ADDRESS` and its interval in place of the first `60`.
"""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.core.errors import UserError
from kuma_lite.core.patterns import pattern

ADDRESS: Final = "https://example.com/api/push/key?status=up&msg=OK&ping="
_LANGUAGE: Final = pattern(r"^[a-z-]+$")

_BASH: Final = """#!/usr/bin/env bash
# Every 60 seconds
while true; do
    curl --silent --show-error --max-time 10 --output /dev/null "@ADDRESS@"
    sleep 60
done
"""

_PYTHON: Final = """import time
import urllib.error
import urllib.request

INTERVAL = 60  # seconds
ADDRESS = "@ADDRESS@"

while True:
    try:
        urllib.request.urlopen(ADDRESS, timeout=10).close()
    except urllib.error.URLError as error:
        print("not delivered:", error)
    time.sleep(INTERVAL)
"""

_JAVASCRIPT: Final = """const interval = 60; // seconds
const address = "@ADDRESS@";

async function beat() {
    try {
        await fetch(address, { signal: AbortSignal.timeout(10_000) });
    } catch (error) {
        console.error("not delivered:", error);
    }
}

beat();
setInterval(beat, interval * 1000);
"""

_TYPESCRIPT: Final = """const interval: number = 60; // seconds
const address: string = "@ADDRESS@";

async function beat(): Promise<void> {
    try {
        await fetch(address, { signal: AbortSignal.timeout(10_000) });
    } catch (error: unknown) {
        console.error("not delivered:", error);
    }
}

void beat();
setInterval(() => void beat(), interval * 1000);
"""

_GO: Final = """package main

import (
	"log"
	"net/http"
	"time"
)

const interval = 60 * time.Second
const address = "@ADDRESS@"

func main() {
	client := http.Client{Timeout: 10 * time.Second}
	for ; ; time.Sleep(interval) {
		answer, err := client.Get(address)
		if err != nil {
			log.Println("not delivered:", err)
			continue
		}
		answer.Body.Close()
	}
}
"""

_PHP: Final = """<?php
$interval = 60; // seconds
$address = "@ADDRESS@";
$context = stream_context_create(["http" => ["timeout" => 10]]);

while (true) {
    if (@file_get_contents($address, false, $context) === false) {
        error_log("not delivered");
    }
    sleep($interval);
}
"""

_POWERSHELL: Final = """$interval = 60 # seconds
$address = "@ADDRESS@"

while ($true) {
    try {
        Invoke-RestMethod -Uri $address -TimeoutSec 10 | Out-Null
    } catch {
        Write-Warning "not delivered: $_"
    }
    Start-Sleep -Seconds $interval
}
"""

_CSHARP: Final = """var interval = TimeSpan.FromSeconds(60);
var address = "@ADDRESS@";
using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };

while (true)
{
    try
    {
        using var answer = await client.GetAsync(address);
    }
    catch (Exception error)
    {
        Console.Error.WriteLine($"not delivered: {error.Message}");
    }
    await Task.Delay(interval);
}
"""

_JAVA: Final = """import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

public class Beat {
    static final Duration INTERVAL = Duration.ofSeconds(60);
    static final String ADDRESS = "@ADDRESS@";

    public static void main(String[] arguments) throws InterruptedException {
        var client = HttpClient.newHttpClient();
        var request = HttpRequest.newBuilder(URI.create(ADDRESS)).timeout(Duration.ofSeconds(10)).build();
        while (true) {
            try {
                client.send(request, HttpResponse.BodyHandlers.discarding());
            } catch (java.io.IOException error) {
                System.err.println("not delivered: " + error.getMessage());
            }
            Thread.sleep(INTERVAL.toMillis());
        }
    }
}
"""

_DOCKER: Final = """# Every 60 seconds, from a container of its own
docker run --detach --restart unless-stopped --name push-beat curlimages/curl \\\\
    sh -c 'while true; do curl -sS -m 10 -o /dev/null "@ADDRESS@"; sleep 60; done'
"""

EXAMPLES: Final = {
    "bash-curl": _BASH,
    "csharp": _CSHARP,
    "docker": _DOCKER,
    "go": _GO,
    "java": _JAVA,
    "javascript-fetch": _JAVASCRIPT,
    "php": _PHP,
    "powershell": _POWERSHELL,
    "python": _PYTHON,
    "typescript-fetch": _TYPESCRIPT,
}


def push_example(language: Any) -> str:
    """The program in that language. Raises UserError."""
    if language is not None and (not isinstance(language, str) or not _LANGUAGE.match(language)):
        raise UserError("Invalid language")
    example = EXAMPLES.get(language) if language is not None else None
    if example is None:
        raise UserError("Not found")
    return example.replace("@ADDRESS@", ADDRESS)
