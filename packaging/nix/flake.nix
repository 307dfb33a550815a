# The builds of the release for NixOS and other Linux systems with Nix. Whoever uses it pins their content by the lock
# file: nix run path:packaging/nix, or as a module:
#
#   services.kuma-lite = { enable = true; port = 3001; };
{
  description = "One small process that watches everything you run: uptime, servers, status pages";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    x86_64 = {
      url = "https://github.com/kuma-lite/kuma-lite/releases/download/v0.1.0/kuma-lite-0.1.0-linux-x86_64.tar.gz";
      flake = false;
    };
    aarch64 = {
      url = "https://github.com/kuma-lite/kuma-lite/releases/download/v0.1.0/kuma-lite-0.1.0-linux-aarch64.tar.gz";
      flake = false;
    };
  };

  outputs =
    { self, nixpkgs, x86_64, aarch64 }:
    let
      builds = {
        x86_64-linux = x86_64;
        aarch64-linux = aarch64;
      };
      package =
        system: build:
        let
          pkgs = nixpkgs.legacyPackages.${system};
        in
        pkgs.stdenv.mkDerivation {
          pname = "kuma-lite";
          version = "0.1.0";
          src = build;
          nativeBuildInputs = [ pkgs.installShellFiles ];
          dontConfigure = true;
          dontBuild = true;
          # The launcher has its archive behind it, and the libraries are found beside it: of all files only the
          # launcher needs another loader.
          dontStrip = true;
          dontPatchELF = true;
          installPhase = ''
            runHook preInstall
            mkdir -p $out/bin $out/lib
            cp -r . $out/lib/kuma-lite
            chmod -R u+w $out/lib/kuma-lite
            patchelf --set-interpreter "$(cat $NIX_CC/nix-support/dynamic-linker)" $out/lib/kuma-lite/kuma-lite
            echo nix > $out/lib/kuma-lite/installed-by
            ln -s ../lib/kuma-lite/kuma-lite $out/bin/kuma-lite
            runHook postInstall
          '';
          postInstall = ''
            installShellCompletion --cmd kuma-lite \
              --bash <($out/bin/kuma-lite completion bash) \
              --zsh <($out/bin/kuma-lite completion zsh) \
              --fish <($out/bin/kuma-lite completion fish)
            $out/bin/kuma-lite man > kuma-lite.1
            installManPage kuma-lite.1
          '';
          meta = {
            description = "One small process that watches everything you run: uptime, servers, status pages";
            homepage = "https://github.com/kuma-lite/kuma-lite";
            license = nixpkgs.lib.licenses.mit;
            mainProgram = "kuma-lite";
            platforms = builtins.attrNames builds;
            sourceProvenance = [ nixpkgs.lib.sourceTypes.binaryNativeCode ];
          };
        };
    in
    {
      packages = builtins.mapAttrs (system: build: { default = package system build; }) builds;

      nixosModules.default =
        { config, lib, pkgs, ... }:
        let
          cfg = config.services.kuma-lite;
        in
        {
          options.services.kuma-lite = {
            enable = lib.mkEnableOption "Kuma Lite";
            package = lib.mkOption {
              type = lib.types.package;
              default = self.packages.${pkgs.stdenv.hostPlatform.system}.default;
            };
            host = lib.mkOption {
              type = lib.types.str;
              default = "127.0.0.1";
            };
            port = lib.mkOption {
              type = lib.types.port;
              default = 3001;
            };
            openFirewall = lib.mkEnableOption "the port for others";
          };
          config = lib.mkIf cfg.enable {
            networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall [ cfg.port ];
            systemd.services.kuma-lite = {
              description = "Kuma Lite, uptime monitor";
              wantedBy = [ "multi-user.target" ];
              wants = [ "network-online.target" ];
              after = [ "network-online.target" ];
              environment = {
                KUMA_LITE_HOST = cfg.host;
                KUMA_LITE_PORT = toString cfg.port;
              };
              serviceConfig = {
                Type = "notify";
                ExecStart = "${lib.getExe cfg.package} serve --data-dir /var/lib/kuma-lite";
                Restart = "always";
                RestartSec = 5;
                TimeoutStartSec = "infinity";
                WatchdogSec = 60;
                DynamicUser = true;
                StateDirectory = "kuma-lite";
                StateDirectoryMode = "0700";
                UMask = "0077";
                AmbientCapabilities = [ "CAP_NET_RAW" ];
                CapabilityBoundingSet = [ "CAP_NET_RAW" ];
                NoNewPrivileges = true;
                ProtectHome = true;
                ProtectSystem = "strict";
                PrivateTmp = true;
              };
            };
          };
        };
    };
}
