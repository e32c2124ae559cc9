# shellcheck shell=bash disable=SC2034
# Builds what `up` runs, when sources changed. BUILD is the folder with the published Server and Demo.

# build_programs HOME: in the checkout's artifacts/, or in HOME where the checkout is read-only.
build_programs() {
  local place=$ROOT/artifacts stamp
  mkdir -p "$place" 2>/dev/null && [[ -w $place ]] || place=$1/build
  mkdir -p "$place"
  BUILD=$place/publish
  # Shared while running, alone while building: programs must not be replaced under a hub that runs them.
  exec 8>>"$place/lock"
  flock -s 8
  stamp=$(source_stamp)
  [[ $(cat "$place/stamp" 2>/dev/null) != "$stamp" ]] || return 0
  flock -u 8
  flock -n -x 8 || die "Mã nguồn đã đổi nhưng một DataHub khác đang chạy từ $ROOT. Hãy dừng nó trước." \
    "Sources changed, but another DataHub runs from $ROOT. Stop that first." 75
  say "Đang biên dịch (lần đầu có thể mất vài phút)" "Building (the first time may take some minutes)"
  rm -f "$place/stamp"
  publish_program DataHub.Server "$place"
  publish_program DataHub.Demo "$place"
  echo "$stamp" >"$place/stamp"
  flock -s 8
}

source_stamp() {
  (
    cd "$ROOT" || exit
    dotnet --version
    find src Directory.*.props global.json -type d \( -name bin -o -name obj \) -prune -o -type f -print0 |
      LC_ALL=C sort -z | xargs -0 sha256sum
  ) | sha256sum | cut -c -64
}

publish_program() {
  # A child that can be waited for, so that Ctrl-C and SIGTERM stop it at once.
  start_child dotnet publish "$ROOT/src/$1" -c Release --artifacts-path "$2" -o "$2/publish/$1" \
    --disable-build-servers -p:RestoreLockedMode=true -v quiet
  BUILD_PID=$CHILD
  wait "$BUILD_PID" || die "Biên dịch $1 thất bại (xem các dòng trên)." "Building $1 failed (see the lines above)."
  BUILD_PID=''
}
