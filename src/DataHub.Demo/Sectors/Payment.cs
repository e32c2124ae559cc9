namespace DataHub.Demo.Sectors;

/// <summary>One row of <c>payments</c>. The sector enforces no key on it.</summary>
public sealed record Payment
{
    public required string PaymentId { get; init; }

    public required string DossierCode { get; init; }

    /// <summary>Đồng.</summary>
    public required decimal Amount { get; init; }

    public required string Currency { get; init; }

    /// <summary>Clock on the wall in Vietnam: the sector stores no zone.</summary>
    public required DateTime PaidAt { get; init; }

    public required string Channel { get; init; }

    public required string? PayerId { get; init; }

    public required string? BankCode { get; init; }

    public required string Status { get; init; }

    public required bool Refunded { get; init; }
}
