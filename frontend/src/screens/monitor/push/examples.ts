/** How programs report to a push monitor: the same call in many languages, ready to be pasted. Pure. */

export interface Example {
  name: string;
  code: (address: string, seconds: number) => string;
}

const CRON_MINUTES = 60; // more is said by the hour

/** When cron calls, so that a push comes in every interval. */
export function cronSchedule(seconds: number): string {
  const minutes = Math.max(1, Math.floor(seconds / 60));
  if (minutes < CRON_MINUTES) return minutes === 1 ? "* * * * *" : `*/${minutes} * * * *`;
  const hours = Math.min(24, Math.floor(minutes / 60));
  return hours < 2 ? "0 * * * *" : hours < 24 ? `0 */${hours} * * *` : "0 0 * * *";
}

/** Nothing in it ends a quoted text of any of these languages. */
export const quotable = (address: string): string =>
  address.replace(/['"\\`$\s]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);

export const EXAMPLES: readonly Example[] = [
  { name: "curl", code: (url) => `curl -fsS -m 10 --retry 3 -o /dev/null '${url}'` },
  { name: "wget", code: (url) => `wget -q -T 10 -t 3 -O /dev/null '${url}'` },
  {
    name: "cron",
    // A percent sign ends a command in a crontab.
    code: (url, seconds) =>
      `${cronSchedule(seconds)} curl -fsS -m 10 --retry 3 -o /dev/null '${url.replaceAll("%", "\\%")}'`,
  },
  {
    name: "Bash",
    code: (url, seconds) => `#!/bin/bash
while true; do
  curl -fsS -m 10 -o /dev/null '${url}'
  sleep ${seconds}
done`,
  },
  {
    name: "PowerShell",
    code: (url, seconds) => `while ($true) {
  try { Invoke-RestMethod -Uri '${url}' -TimeoutSec 10 | Out-Null } catch { Write-Warning $_ }
  Start-Sleep -Seconds ${seconds}
}`,
  },
  {
    name: "Python",
    code: (url, seconds) => `import time
import urllib.request

while True:
    try:
        urllib.request.urlopen("${url}", timeout=10).close()
    except OSError as error:
        print(error)
    time.sleep(${seconds})`,
  },
  {
    name: "Node.js",
    code: (url, seconds) => `const push = () =>
  fetch("${url}", { signal: AbortSignal.timeout(10_000) }).catch(console.error);

push();
setInterval(push, ${seconds} * 1000);`,
  },
  {
    name: "Go",
    code: (url, seconds) => `package main

import (
	"log"
	"net/http"
	"time"
)

func main() {
	client := http.Client{Timeout: 10 * time.Second}
	for {
		if answer, err := client.Get("${url}"); err != nil {
			log.Print(err)
		} else {
			answer.Body.Close()
		}
		time.Sleep(${seconds} * time.Second)
	}
}`,
  },
  {
    name: "PHP",
    code: (url, seconds) => `<?php
$context = stream_context_create(['http' => ['timeout' => 10]]);
while (true) {
    @file_get_contents('${url}', false, $context);
    sleep(${seconds});
}`,
  },
  {
    name: "Ruby",
    code: (url, seconds) => `require "net/http"

loop do
  begin
    Net::HTTP.get_response(URI("${url}"))
  rescue StandardError => error
    warn error
  end
  sleep ${seconds}
end`,
  },
  {
    name: "Java",
    code: (url, seconds) => `import java.net.URI;
import java.net.http.*;
import java.time.Duration;

public class Push {
    public static void main(String[] args) throws InterruptedException {
        var client = HttpClient.newHttpClient();
        var request = HttpRequest.newBuilder(URI.create("${url}"))
            .timeout(Duration.ofSeconds(10)).build();
        while (true) {
            try {
                client.send(request, HttpResponse.BodyHandlers.discarding());
            } catch (java.io.IOException error) {
                System.err.println(error);
            }
            Thread.sleep(Duration.ofSeconds(${seconds}).toMillis());
        }
    }
}`,
  },
  {
    name: "C#",
    code: (url, seconds) => `using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
while (true)
{
    try { (await client.GetAsync("${url}")).Dispose(); }
    catch (Exception error) { Console.Error.WriteLine(error.Message); }
    await Task.Delay(TimeSpan.FromSeconds(${seconds}));
}`,
  },
  {
    name: "Rust",
    code: (url, seconds) => `// Cargo.toml: ureq = "2"
use std::{thread, time::Duration};

fn main() {
    let agent = ureq::AgentBuilder::new().timeout(Duration::from_secs(10)).build();
    loop {
        if let Err(error) = agent.get("${url}").call() {
            eprintln!("{error}");
        }
        thread::sleep(Duration::from_secs(${seconds}));
    }
}`,
  },
];
