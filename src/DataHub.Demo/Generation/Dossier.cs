namespace DataHub.Demo.Generation;

/// <summary>One row of <c>public.dossiers</c>: fourteen columns. Text is nullable where a flaw may empty it.</summary>
public readonly record struct Dossier
{
    public required long DossierId { get; init; }

    public required string DossierCode { get; init; }

    public required string CitizenId { get; init; }

    public required string? ApplicantName { get; init; }

    public required string ProcedureCode { get; init; }

    public required string ProcedureName { get; init; }

    public required string AgencyCode { get; init; }

    public required string Status { get; init; }

    public required DateTime ReceivedAt { get; init; }

    public required DateOnly DueDate { get; init; }

    public required DateTime? FinishedAt { get; init; }

    /// <summary>Đồng.</summary>
    public required decimal Fee { get; init; }

    public required bool IsOnline { get; init; }

    public required string? Note { get; init; }
}

/// <summary>The seven states of a dossier.</summary>
public static class DossierStatus
{
    public const string Received = "MOI_TIEP_NHAN";
    public const string Processing = "DANG_XU_LY";
    public const string Waiting = "CHO_BO_SUNG";
    public const string Decided = "DA_CO_KET_QUA";
    public const string Returned = "DA_TRA_KET_QUA";
    public const string Refused = "TU_CHOI";
    public const string Withdrawn = "RUT_HO_SO";

    public static readonly IReadOnlyList<string> All =
        [Received, Processing, Waiting, Decided, Returned, Refused, Withdrawn];
}
