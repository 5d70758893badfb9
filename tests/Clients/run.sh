#!/bin/sh
# Installs the real clients from npm into a folder outside the project and runs each against the gateway and a scripted provider:
#   tests/Clients/run.sh [part of a case's name]
# GATEWAY is the executable (default: dotnet build output), CLIENTS the folder (default: a cache below the temporary folder). Needs Node 20.15.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
clients="${CLIENTS:-${TMPDIR:-/tmp}/bifrost-lite-clients}"
if [ -z "${GATEWAY:-}" ]; then
    dotnet build "$here/../../bifrost-lite.csproj" -nologo -v:q -o "$clients/gateway"
    GATEWAY="$clients/gateway/bifrost-lite"
fi
packages="@anthropic-ai/claude-code@2.1.197 @openai/codex@0.169.0 opencode-ai@1.18.33 @google/gemini-cli@0.61.0 openai@6.49.0 @aws-sdk/client-bedrock-runtime@3.1162.0 @smithy/node-http-handler@4.14.2 \
ai@6.0.326 @ai-sdk/openai@3.0.141 @ai-sdk/anthropic@3.0.138 @ai-sdk/google@3.0.141 @ai-sdk/amazon-bedrock@4.0.186 @langchain/core@1.4.0 @langchain/openai@1.5.8 \
@langchain/anthropic@1.5.11 @langchain/google-genai@2.3.2 @google/genai@2.32.0 @openai/agents@0.20.0 zod@4.6.7"
installed="$clients/node_modules/.installed-$(echo "$packages" | cksum | cut -d ' ' -f 1)"
if [ ! -e "$installed" ]; then
    mkdir -p "$clients"
    # shellcheck disable=SC2086 # a list
    npm install --prefix "$clients" --no-audit --no-fund $packages
    touch "$installed"
fi
node "$here/stateful.mjs" "$GATEWAY" "$clients/node_modules"
node "$here/signed.mjs" "$GATEWAY" "$clients/node_modules"
node "$here/sdks.mjs" "$GATEWAY" "$clients/node_modules"
exec node "$here/run.mjs" "$GATEWAY" "$clients/node_modules/.bin" "$@"
