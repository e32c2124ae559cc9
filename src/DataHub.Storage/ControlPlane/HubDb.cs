using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace DataHub.Storage.ControlPlane;

/// <summary>The control plane: who, what, when. Records of datasets never pass through it.</summary>
public sealed class HubDb(DbContextOptions<HubDb> options) : DbContext(options)
{
    public const string Schema = "hub";

    public DbSet<Agency> Agencies => Set<Agency>();

    public DbSet<Client> Clients => Set<Client>();

    public DbSet<Agreement> Agreements => Set<Agreement>();

    public DbSet<Source> Sources => Set<Source>();

    public DbSet<Dataset> Datasets => Set<Dataset>();

    public DbSet<ContractRevision> ContractRevisions => Set<ContractRevision>();

    public DbSet<StoredColumn> StoredColumns => Set<StoredColumn>();

    public DbSet<StorePair> StorePairs => Set<StorePair>();

    public DbSet<Head> Heads => Set<Head>();

    public DbSet<DatasetVersion> Versions => Set<DatasetVersion>();

    public DbSet<Run> Runs => Set<Run>();

    public DbSet<QuarantinedRecord> Quarantine => Set<QuarantinedRecord>();

    public DbSet<LedgerEntry> Ledger => Set<LedgerEntry>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema(Schema);
        MapAccess(modelBuilder);
        MapCatalogue(modelBuilder);
        MapVersions(modelBuilder);
        MapRuns(modelBuilder);
        MapOpenIddict(modelBuilder);
    }

    private static void MapAccess(ModelBuilder model)
    {
        model.Entity<Agency>(e =>
        {
            e.ToTable("agencies").HasKey(a => a.Code);
            e.Property(a => a.Code).HasMaxLength(35);
        });
        model.Entity<Client>(e =>
        {
            e.ToTable("clients").HasKey(c => c.ClientId);
            e.HasOne<Agency>().WithMany().HasForeignKey(c => c.AgencyCode).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<Agreement>(e =>
        {
            e.ToTable("agreements").HasKey(a => a.Id);
            e.HasOne<Agency>().WithMany().HasForeignKey(a => a.RecipientCode).OnDelete(DeleteBehavior.Restrict);
            e.HasOne<Dataset>().WithMany().HasForeignKey(a => a.DatasetId).OnDelete(DeleteBehavior.Restrict);
            e.HasIndex(a => new { a.DatasetId, a.RecipientCode });
        });
    }

    private static void MapCatalogue(ModelBuilder model)
    {
        model.Entity<Source>(e =>
        {
            e.ToTable("sources").HasKey(s => s.Id);
            e.Property(s => s.Settings).HasColumnType("jsonb").HasConversion(
                s => JsonSerializer.Serialize(s, JsonSerializerOptions.Default),
                s => JsonSerializer.Deserialize<Dictionary<string, string>>(s, JsonSerializerOptions.Default)!,
                new ValueComparer<Dictionary<string, string>>(
                    (a, b) => a!.Count == b!.Count && !a.Except(b).Any(), s => s.Count, s => new Dictionary<string, string>(s)));
        });
        model.Entity<Dataset>(e =>
        {
            e.ToTable("datasets").HasKey(d => d.Id);
            e.HasIndex(d => d.Name).IsUnique();
            e.HasOne<Source>().WithMany().HasForeignKey(d => d.SourceId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<ContractRevision>(e =>
        {
            e.ToTable("contract_revisions").HasKey(c => c.Id);
            e.Property(c => c.Document).HasColumnType("jsonb");
            e.HasIndex(c => new { c.DatasetId, c.Major, c.Minor, c.Patch }).IsUnique();
            e.HasOne<Dataset>().WithMany().HasForeignKey(c => c.DatasetId);
        });
    }

    private static void MapVersions(ModelBuilder model)
    {
        model.Entity<StoredColumn>(e => e.ToTable("stored_columns").HasKey(c => new { c.DatasetId, c.Major, c.ColumnId }));
        model.Entity<StorePair>(e => e.ToTable("store_pairs").HasKey(p => new { p.DatasetId, p.Major }));
        model.Entity<Head>(e => e.ToTable("heads").HasKey(h => new { h.DatasetId, h.Major }));
        model.Entity<DatasetVersion>(e =>
        {
            e.ToTable("versions").HasKey(v => new { v.DatasetId, v.Seq });
            e.HasIndex(v => new { v.DatasetId, v.Major, v.Minor, v.Release }).IsUnique();
            e.HasIndex(v => new { v.DatasetId, v.PublishedAt }).IsUnique();
        });
    }

    private static void MapRuns(ModelBuilder model)
    {
        model.Entity<Run>(e =>
        {
            e.ToTable("runs").HasKey(r => r.Id);
            e.HasOne<Dataset>().WithMany().HasForeignKey(r => r.DatasetId);
            e.HasIndex(r => r.DatasetId, "ux_runs_active").IsUnique().HasFilter("state IN ('queued', 'running')");
            e.HasIndex(r => r.DatasetId, "ux_runs_held").IsUnique().HasFilter("state = 'held'");
            e.HasIndex(r => new { r.DatasetId, r.IdempotencyKey }).IsUnique().HasFilter("idempotency_key IS NOT NULL");
            foreach (var json in new[] { nameof(Run.Candidate), nameof(Run.Proposal), nameof(Run.Holds), nameof(Run.Warnings), nameof(Run.Error), nameof(Run.Cause) })
            {
                e.Property(json).HasColumnType("jsonb");
            }
        });
        model.Entity<QuarantinedRecord>(e =>
        {
            e.ToTable("quarantine").HasKey(q => q.Id);
            e.Property(q => q.Violations).HasColumnType("jsonb");
            e.HasIndex(q => new { q.RunId, q.Id });
        });
        model.Entity<LedgerEntry>(e =>
        {
            e.ToTable("ledger").HasKey(l => l.Id);
            e.Property(l => l.Body).HasColumnType("jsonb");
        });
    }

    private static void MapOpenIddict(ModelBuilder model)
    {
        model.UseOpenIddict();
        foreach (var type in model.Model.GetEntityTypes())
        {
            if (type.ClrType.Namespace!.StartsWith("OpenIddict", StringComparison.Ordinal))
            {
                type.SetSchema("auth");
                type.SetTableName(type.GetTableName()!["OpenIddict".Length..].ToLowerInvariant());
            }
        }
    }
}
