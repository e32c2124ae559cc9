using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace DataHub.Storage.ControlPlane;

/// <summary>How the hub connects its context; also what <c>dotnet ef</c> uses to write migrations (no database is touched).</summary>
public sealed class HubDbDesign : IDesignTimeDbContextFactory<HubDb>
{
    public HubDb CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<HubDb>();
        Configure(options.UseNpgsql("Host=localhost"));
        return new HubDb(options.Options);
    }

    /// <summary>Names are snake_case, the migrations' own table stands in the hub's schema.</summary>
    public static void Configure(DbContextOptionsBuilder options) => options.UseSnakeCaseNamingConvention();
}
