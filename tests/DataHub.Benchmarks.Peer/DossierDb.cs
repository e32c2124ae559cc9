using Microsoft.EntityFrameworkCore;

namespace DataHub.Benchmarks.Peer;

/// <summary>The twelve columns that the hub's recipient reads too, named as in the table.</summary>
public sealed class Dossier
{
#pragma warning disable IDE1006 // The answers must have the hub's names.
    public long dossier_id { get; set; }

    public string dossier_code { get; set; } = "";

    public string? procedure_code { get; set; }

    public string? procedure_name { get; set; }

    public string? agency_code { get; set; }

    public string? status { get; set; }

    public DateTimeOffset? received_at { get; set; }

    public DateOnly? due_date { get; set; }

    public DateTimeOffset? finished_at { get; set; }

    public decimal? fee { get; set; }

    public bool? is_online { get; set; }

    public string? note { get; set; }
#pragma warning restore IDE1006
}

/// <summary>The table of the dossiers.</summary>
public sealed class DossierDb(DbContextOptions<DossierDb> options) : DbContext(options)
{
    public DbSet<Dossier> Dossiers => Set<Dossier>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.Entity<Dossier>().ToTable("dossiers").HasKey(d => d.dossier_id);
}
