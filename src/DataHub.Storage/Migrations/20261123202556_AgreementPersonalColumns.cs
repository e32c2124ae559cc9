using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace DataHub.Storage.Migrations
{
    /// <inheritdoc />
    public partial class AgreementPersonalColumns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string[]>(
                name: "personal_columns",
                schema: "hub",
                table: "agreements",
                type: "text[]",
                nullable: false,
                defaultValue: new string[0]);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "personal_columns",
                schema: "hub",
                table: "agreements");
        }
    }
}
