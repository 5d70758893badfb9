#!/bin/sh
# Installs SQLite for building and testing (Debian, Ubuntu): the shared library that `dotnet run` and the tests load, and the static one
# that the native executable takes in. Called by the build where one is missing. Says what to do where it may not install; never fails.
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  if ! { apt-get install -y -qq libsqlite3-dev || { apt-get update -qq && apt-get install -y -qq libsqlite3-dev; }; } >/dev/null 2>&1; then
    echo "SQLite could not be installed (apt-get install libsqlite3-dev): without it nothing is stored"
  fi
else
  echo "SQLite is missing: sudo apt-get install libsqlite3-dev (Fedora: sqlite-devel sqlite-libs, macOS has it). Without it nothing is stored"
fi
exit 0
