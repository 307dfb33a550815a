# brew install ./kuma-lite.rb, or from a tap that has it.
class KumaLite < Formula
  desc "One small process that watches everything you run: uptime, servers, status pages"
  homepage "https://github.com/kuma-lite/kuma-lite"
  url "https://github.com/kuma-lite/kuma-lite.git", tag: "v0.1.0"
  license "MIT"

  depends_on "node" => :build
  depends_on "python@3.13"

  def install
    python = Formula["python@3.13"].opt_bin/"python3.13"
    system python, "-m", "venv", libexec
    pip = [libexec/"bin/python", "-m", "pip", "install", "--disable-pip-version-check"]
    system(*pip, "--require-hashes", "--requirement", "packaging/requirements.txt")
    system(*pip, "--no-deps", "--no-build-isolation", ".")
    bin.install_symlink libexec/"bin/kuma-lite"
    generate_completions_from_executable(bin/"kuma-lite", "completion")
    (man1/"kuma-lite.1").write Utils.safe_popen_read(bin/"kuma-lite", "man")
  end

  service do
    run [opt_bin/"kuma-lite", "serve", "--data-dir", var/"kuma-lite"]
    keep_alive true
    working_dir var
    log_path var/"log/kuma-lite.log"
    error_log_path var/"log/kuma-lite.log"
  end

  test do
    assert_match "kuma-lite #{version}", shell_output("#{bin}/kuma-lite --version")
    assert_match "no answer", shell_output("#{bin}/kuma-lite health --port #{free_port} 2>&1", 1)
  end
end
