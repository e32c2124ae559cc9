using System.Net;
using System.Net.Sockets;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources;

/// <summary>
/// Where the hub may connect for a source: the guard against request forgery. Names are resolved here and connections
/// go to the checked address itself, so that a name cannot change its meaning between check and use.
/// </summary>
public sealed record SourceNetworkPolicy
{
    /// <summary>Loopback and unix sockets, for offices that run everything on one machine. Default true.</summary>
    public bool AllowLocal { get; init; } = true;

    /// <summary>When not empty, addresses must lie in one of these networks (loopback by its own switch). Default empty.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>Never connected to: link-local (with cloud metadata), unspecified, multicast, broadcast, metadata addresses.</summary>
    public IReadOnlyList<IPNetwork> DeniedNetworks { get; init; } =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("255.255.255.255/32"), IPNetwork.Parse("100.100.100.200/32"),
        IPNetwork.Parse("168.63.129.16/32"), IPNetwork.Parse("::/128"), IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("ff00::/8"), IPNetwork.Parse("fd00:ec2::254/128"),
    ];

    /// <summary>True when a connection to <paramref name="address"/> is allowed.</summary>
    public bool Allows(IPAddress address)
    {
        var plain = Plain(address);
        if (DeniedNetworks.Any(n => n.BaseAddress.AddressFamily == plain.AddressFamily && n.Contains(plain)))
        {
            return false;
        }

        return IPAddress.IsLoopback(plain)
            ? AllowLocal
            : AllowedNetworks.Count == 0 || AllowedNetworks.Any(n => n.Contains(plain));
    }

    /// <summary>
    /// What to connect to for a host setting: the socket folder itself, or the checked addresses. One denied address
    /// denies the name, because which of them a later connection would take is not ours to choose.
    /// </summary>
    internal async Task<IReadOnlyList<string>> ResolveAsync(string source, string host, CancellationToken cancellation)
    {
        if (host.StartsWith('/'))
        {
            return AllowLocal ? [host] : throw HubErrors.SourceAddressDenied(source).ToException();
        }

        IPAddress[] addresses;
        try
        {
            // A literal is not asked for by name: the resolver refuses 0.0.0.0, which must be denied, not unknown.
            addresses = IPAddress.TryParse(host, out var literal)
                ? [literal]
                : await Dns.GetHostAddressesAsync(host, cancellation);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw HubErrors.SourceHostUnknown(source).ToException(e);
        }

        if (addresses.Length == 0)
        {
            throw HubErrors.SourceHostUnknown(source).ToException();
        }

        return addresses.All(Allows)
            ? [.. addresses.Select(a => a.ToString())]
            : throw HubErrors.SourceAddressDenied(source).ToException();
    }

    /// <summary>IPv4 hidden in IPv6 (mapped, or behind NAT64) is judged as what it reaches.</summary>
    private static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var nat64 = address.AddressFamily == AddressFamily.InterNetworkV6
            && IPNetwork.Parse("64:ff9b::/96").Contains(address);
        return nat64 ? new IPAddress(address.GetAddressBytes().AsSpan(12)) : address;
    }
}
