#!/bin/sh
# Builds the native executable: ./publish.sh [rid] [static]  ->  dist/<rid>[-static]/bifrost-lite
set -eu
cd "$(dirname "$0")"
exec dotnet msbuild bifrost-lite.csproj -nologo -t:PublishNative -p:SqliteStaticWanted=true -p:Rid="${1:-}" -p:NativeVariant="${2:-}"
