# shellcheck shell=bash disable=SC2034
# The machine under the hub: packages, the SDK, child processes.

is_root() { [[ $EUID -eq 0 ]]; }

# Installs distribution packages as root or by sudo; says the exact command where neither can be.
install_packages() {
  local command="apt-get install -y --no-install-recommends $*" sudo=()
  if ! command -v apt-get >/dev/null; then
    warn "Hãy cài bằng trình quản lý gói của hệ thống: $*" "Install these with the system's package manager: $*"
    return 1
  fi
  if ! is_root; then
    # Without a terminal sudo could wait for a password that nobody can type.
    sudo=(sudo)
    [[ -t 0 ]] || sudo=(sudo -n)
    if ! command -v sudo >/dev/null || ! "${sudo[@]}" true 2>/dev/null; then
      warn "Cần quyền quản trị. Hãy chạy: sudo $command" "Administrator rights are needed. Run: sudo $command"
      return 1
    fi
  fi
  say "Đang cài gói: $*" "Installing packages: $*"
  # A fresh machine has no package lists yet; one unreachable list among others is no reason to stop.
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive sh -c \
    "{ apt-get update || true; $command; } </dev/null >/dev/null" && return
  warn "Không cài được. Hãy chạy: sudo $command" "Installation failed. Run: sudo $command"
  return 1
}

require_dotnet() {
  local place
  for place in "${DOTNET_ROOT:-}" "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet; do
    command -v dotnet >/dev/null && break
    [[ -n $place && -x $place/dotnet ]] && export PATH="$PATH:$place" DOTNET_ROOT="$place"
  done
  if ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
    die "Không tìm thấy .NET SDK 10. Hãy cài gói dotnet-sdk-10.0 rồi chạy lại." \
      "The .NET 10 SDK was not found. Install the package dotnet-sdk-10.0 and run this again." 69
  fi
}

# Starts a child that neither gets this terminal's Ctrl-C (it is stopped in order instead), nor outlives this
# script even when that is killed, nor holds its locks. Its process id, also its group's, is in CHILD.
start_child() {
  (
    exec 8>&- 9>&-
    exec setsid setpriv --pdeathsig TERM -- "$@" </dev/null
  ) &
  CHILD=$!
}

# as_user USER COMMAND…: for root, what must not run as root; anybody else stays who they are.
as_user() {
  if is_root; then
    (cd / && exec setpriv --reuid="$1" --regid="$(id -g "$1")" --clear-groups --reset-env -- "${@:2}")
  else
    (cd / && exec "${@:2}")
  fi
}

is_running() { [[ -n $1 ]] && kill -0 "$1" 2>/dev/null; }

# stop_child PID SIGNAL SECONDS: asks, waits, and only then kills; whatever the child left in its group goes with it.
stop_child() {
  local pid=$1 end=$((SECONDS + $3))
  is_running "$pid" || return 0
  kill -s "$2" "$pid" 2>/dev/null || true
  while is_running "$pid"; do
    if ((SECONDS >= end)); then
      warn "Tiến trình $pid không dừng sau $3 giây, buộc phải dừng." "Process $pid did not stop in $3 s; killing it."
      break
    fi
    sleep 0.1
  done
  kill -KILL -- "-$pid" 2>/dev/null || true
}
