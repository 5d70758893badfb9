# Builds the native executable: ./publish.ps1 [rid] [static]  ->  dist/<rid>[-static]/bifrost-lite
param([string]$Rid = "", [string]$Variant = "")
$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot
dotnet msbuild bifrost-lite.csproj -nologo -t:PublishNative -p:SqliteStaticWanted=true "-p:Rid=$Rid" "-p:NativeVariant=$Variant"
exit $LASTEXITCODE
