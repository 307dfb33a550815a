# The builds of the release for NixOS and other Linux systems with Nix. Whoever uses it pins their content by the lock
# file: nix run path:packaging/nix, or as a module:
#
#   services.kuma-lite = { enable = true; port = @port@; };
{
  description = "@summary@";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    x86_64 = {
      url = "@releases@/download/v@version@/@name@-@version@-linux-x86_64.tar.gz";
      flake = false;
    };
    aarch64 = {
      url = "@releases@/download/v@version@/@name@-@version@-linux-aarch64.tar.gz";
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
          pname = "@name@";
          version = "@version@";
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
            cp -r . $out/lib/@name@
            chmod -R u+w $out/lib/@name@
            patchelf --set-interpreter "$(cat $NIX_CC/nix-support/dynamic-linker)" $out/lib/@name@/@name@
            echo nix > $out/lib/@name@/installed-by
            ln -s ../lib/@name@/@name@ $out/bin/@name@
            runHook postInstall
          '';
          postInstall = ''
            installShellCompletion --cmd @name@ \
              --bash <($out/bin/@name@ completion bash) \
              --zsh <($out/bin/@name@ completion zsh) \
              --fish <($out/bin/@name@ completion fish)
            $out/bin/@name@ man > @name@.1
            installManPage @name@.1
          '';
          meta = {
            description = "@summary@";
            homepage = "@homepage@";
            license = nixpkgs.lib.licenses.mit;
            mainProgram = "@name@";
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
          cfg = config.services.@name@;
        in
        {
          options.services.@name@ = {
            enable = lib.mkEnableOption "@title@";
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
              default = @port@;
            };
            openFirewall = lib.mkEnableOption "the port for others";
          };
          config = lib.mkIf cfg.enable {
            networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall [ cfg.port ];
            systemd.services.@name@ = {
              description = "@title@, uptime monitor";
              wantedBy = [ "multi-user.target" ];
              wants = [ "network-online.target" ];
              after = [ "network-online.target" ];
              environment = {
                KUMA_LITE_HOST = cfg.host;
                KUMA_LITE_PORT = toString cfg.port;
              };
              serviceConfig = {
                Type = "notify";
                ExecStart = "${lib.getExe cfg.package} serve --data-dir /var/lib/@name@";
                Restart = "always";
                RestartSec = 5;
                TimeoutStartSec = "infinity";
                WatchdogSec = 60;
                DynamicUser = true;
                StateDirectory = "@name@";
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
