using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Security.AntiSSRF;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>
/// The hub's network policy as a handler that holds it at the very moment of connecting, whatever a name resolves to then. No proxy, no
/// cookies, no redirects of its own.
/// </summary>
internal static class RestNetwork
{
    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <param name="network">What the hub's operators allow.</param>
    /// <param name="options">Of the source.</param>
    /// <param name="refused">Is told why a certificate was refused.</param>
    public static AntiSSRFHandler Handler(SourceNetworkPolicy network, RestAccessOptions options, Action<string> refused)
    {
        var handler = Policy(network).GetHandler();
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
        handler.ConnectTimeout = TimeSpan.FromSeconds(options.Limits.ConnectSeconds);
        handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30);
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = options.CaCertificate is { } pem ? SourceAuthorities.PolicyOf(pem) : null,
            RemoteCertificateValidationCallback = (_, _, chain, errors) =>
            {
                if (errors != SslPolicyErrors.None)
                {
                    refused(Reasons(chain, errors));
                }

                return errors == SslPolicyErrors.None;
            },
        };
        return handler;
    }

    /// <summary>What is denied stays denied inside what is allowed, which is the other way round in the handler's own rules.</summary>
    internal static AntiSSRFPolicy Policy(SourceNetworkPolicy network)
    {
        var policy = new AntiSSRFPolicy(PolicyConfigOptions.None) { AllowPlainTextHttp = true };
        IPNetwork[] denied = [.. network.DeniedNetworks, .. network.AllowLocal ? [] : Loopback];
        if (network.AllowedNetworks.Count == 0)
        {
            policy.AddDeniedAddresses([.. denied.SelectMany(Spellings)]);
            return policy;
        }

        IPNetwork[] allowed = [.. network.AllowedNetworks, .. network.AllowLocal ? Loopback : []];
        policy.DenyAllUnspecifiedIPs = true;
        policy.AddAllowedAddresses([.. allowed.SelectMany(a => Without(a, denied)).SelectMany(Spellings)]);
        return policy;
    }

    /// <summary>The parts of a network that lie in none of the denied ones.</summary>
    private static IEnumerable<IPNetwork> Without(IPNetwork network, IReadOnlyList<IPNetwork> denied)
    {
        var near = denied.Where(d => d.BaseAddress.AddressFamily == network.BaseAddress.AddressFamily
            && (d.Contains(network.BaseAddress) || network.Contains(d.BaseAddress))).ToList();
        if (near.Count == 0)
        {
            return [network];
        }

        if (near.Any(d => d.PrefixLength <= network.PrefixLength))
        {
            return [];
        }

        var bytes = network.BaseAddress.GetAddressBytes();
        var length = network.PrefixLength + 1;
        bytes[(length - 1) / 8] |= (byte)(0x80 >> ((length - 1) % 8));
        return Without(new IPNetwork(network.BaseAddress, length), near)
            .Concat(Without(new IPNetwork(new IPAddress(bytes), length), near));
    }

    /// <summary>IPv4 can be reached through NAT64 too, and is judged as what it reaches.</summary>
    private static IEnumerable<string> Spellings(IPNetwork network)
    {
        yield return network.ToString();
        if (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
        {
            byte[] translated = [0, 0x64, 0xff, 0x9b, .. new byte[8], .. network.BaseAddress.GetAddressBytes()];
            yield return $"{new IPAddress(translated)}/{96 + network.PrefixLength}";
        }
    }

    private static string Reasons(X509Chain? chain, SslPolicyErrors errors)
    {
        var states = chain?.ChainStatus.Select(s => s.Status).Where(s => s != X509ChainStatusFlags.NoError).Select(s => s.ToString()) ?? [];
        var names = errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? ["NameMismatch"]
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? ["NoCertificate"]
            : Array.Empty<string>();
        return string.Join(", ", names.Concat(states).Distinct());
    }
}
