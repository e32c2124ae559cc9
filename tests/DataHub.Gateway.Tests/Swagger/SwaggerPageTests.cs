using DataHub.Gateway.Tests.OpenApi;
using DataHub.TestKit;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace DataHub.Gateway.Tests.Swagger;

/// <summary>The API's page in a real browser, under its own security headers: sign in, try a call, read the answer.</summary>
public sealed class SwaggerPageTests
{
    private const string Browser = "/usr/bin/chromium";
    private const string Driver = "/usr/bin/chromedriver";

    [Fact]
    public Task A_person_signs_in_and_tries_a_call() => InBrowserAsync(TryMeAsync);

    [Fact]
    public Task A_developer_chooses_a_dataset_from_the_list_and_reads_its_records_by_a_typed_column() =>
        InBrowserAsync(async (browser, hub) =>
    {
        await DocumentHub.AddAsync(hub);
        await browser.Navigate().GoToUrlAsync(new Uri(hub.Address, "/swagger"));
        // The list takes no choice while a document loads.
        await FindAsync(browser, By.CssSelector("#operations-me-getMe"));
        await FindAsync(browser, By.CssSelector("select#select:enabled"));
        var list = browser.FindElements(By.CssSelector("select#select option"));
        Assert.Equal(["DataHub API v1", "Công dân (cong-dan)", "Đơn vị hành chính (don-vi)"], list.Select(o => o.Text));
        list[2].Click();
        await FindAsync(browser, By.XPath("//h1[contains(., 'Đơn vị hành chính')] | //h2[contains(., 'Đơn vị hành chính')]"));

        const string Listed = "#operations-records-listRecords";
        await ClickAsync(browser, Listed + " button.opblock-summary-control");
        await ClickAsync(browser, Listed + " button.try-out__btn");
        Screenshot(browser, "dataset");
        await TypeAsync(browser, Column("dân_số"), "1009168");
        await ClickAsync(browser, Listed + " button.execute");
        var status = await FindAsync(browser, By.CssSelector(Listed + " .live-responses-table tbody .response-col_status"));
        var body = await FindAsync(browser, By.CssSelector(Listed + " .live-responses-table tbody .response-col_description"));
        Screenshot(browser, "records");

        Assert.StartsWith("200", status.Text, StringComparison.Ordinal);
        Assert.Contains("Trà Vinh", body.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Tiền Giang", body.Text, StringComparison.Ordinal);
        AssertSafe(browser);
    });

    [Fact]
    public Task An_address_that_names_a_dataset_opens_its_document() => InBrowserAsync(async (browser, hub) =>
    {
        await DocumentHub.AddAsync(hub);
        await browser.Navigate().GoToUrlAsync(new Uri(hub.Address, "/swagger?dataset=" + DocumentHub.Shared));

        await FindAsync(browser, By.XPath("//h1[contains(., 'Công dân')] | //h2[contains(., 'Công dân')]"));
        await FindAsync(browser, By.CssSelector("#operations-records-lookupRecord"));
        Assert.Equal("Công dân (cong-dan)", browser.FindElement(By.CssSelector("select#select option:checked")).Text);
        Screenshot(browser, "named");
        AssertSafe(browser);
    });

    private static string Column(string name) => $"#operations-records-listRecords tr[data-param-name='{name}'] input";

    private static async Task InBrowserAsync(Func<ChromeDriver, HubServer, Task> test)
    {
        Assert.SkipUnless(File.Exists(Browser) && File.Exists(Driver), "chromium and chromedriver are not installed");
        await using var hub = await HubServer.StartAsync(new HubServerOptions { OnPort = true });
        var profile = Directory.CreateTempSubdirectory("hub-browser-");
        try
        {
            using var service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(Driver), Path.GetFileName(Driver));
            service.SuppressInitialDiagnosticInformation = true;
            using var browser = new ChromeDriver(service, Options(profile.FullName));
            try
            {
                await test(browser, hub);
            }
            catch
            {
                Screenshot(browser, "failure");
                throw;
            }
        }
        finally
        {
            profile.Delete(recursive: true);
        }
    }

    private static async Task TryMeAsync(ChromeDriver browser, HubServer hub)
    {
        await browser.Navigate().GoToUrlAsync(new Uri(hub.Address, "/swagger"));
        await ClickAsync(browser, "button.authorize");
        await TypeAsync(browser, "#client_id_clientCredentials, #client_id", HubServer.AdminId);
        await TypeAsync(browser, "#client_secret_clientCredentials, #client_secret", HubServer.AdminSecret);
        await ClickAsync(browser, ".auth-btn-wrapper button.authorize");
        await FindAsync(browser, By.XPath("//div[contains(@class,'auth-container')]//button[text()='Logout']"));
        await ClickAsync(browser, "button.btn-done");

        await ClickAsync(browser, "#operations-me-getMe button.opblock-summary-control");
        await ClickAsync(browser, "#operations-me-getMe button.try-out__btn");
        await ClickAsync(browser, "#operations-me-getMe button.execute");
        var status = await FindAsync(browser, By.CssSelector("#operations-me-getMe .live-responses-table tbody .response-col_status"));
        var body = await FindAsync(browser, By.CssSelector("#operations-me-getMe .live-responses-table tbody .response-col_description"));
        Screenshot(browser, "swagger");

        Assert.StartsWith("200", status.Text, StringComparison.Ordinal);
        Assert.Contains(HubServer.AdminId, body.Text, StringComparison.Ordinal);
        AssertSafe(browser);
        // A closed page forgets the token.
        Assert.DoesNotContain("ey", browser.ExecuteScript("return JSON.stringify(window.localStorage)") as string ?? "",
            StringComparison.Ordinal);
    }

    private static void AssertSafe(ChromeDriver browser) => Assert.DoesNotContain(browser.Manage().Logs.GetLog(LogType.Browser),
        line => line.Message.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase));

    private static ChromeOptions Options(string profile)
    {
        var options = new ChromeOptions { BinaryLocation = Browser };
        options.AddArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
            "--no-proxy-server", "--window-size=1280,1600", "--user-data-dir=" + profile);
        return options;
    }

    private static async Task ClickAsync(ChromeDriver browser, string selector)
    {
        var element = await FindAsync(browser, By.CssSelector(selector));
        browser.ExecuteScript("arguments[0].scrollIntoView({block: 'center'})", element);
        await Eventually.TrueAsync("a click on " + selector, () =>
        {
            try
            {
                browser.FindElement(By.CssSelector(selector)).Click();
                return Task.FromResult(true);
            }
            catch (WebDriverException e) when (e is ElementClickInterceptedException or ElementNotInteractableException or StaleElementReferenceException)
            {
                return Task.FromResult(false);
            }
        });
    }

    private static async Task TypeAsync(ChromeDriver browser, string selector, string text) =>
        (await FindAsync(browser, By.CssSelector(selector))).SendKeys(text);

    private static async Task<IWebElement> FindAsync(ChromeDriver browser, By by)
    {
        IWebElement? found = null;
        await Eventually.TrueAsync("an element " + by, () =>
        {
            found = browser.FindElements(by).FirstOrDefault(e => e.Displayed);
            return Task.FromResult(found is not null);
        });
        return found!;
    }

    // For people who want to see it.
    private static void Screenshot(ChromeDriver browser, string name)
    {
        if (Environment.GetEnvironmentVariable("DATAHUB_SCREENSHOTS") is { Length: > 0 } folder)
        {
            browser.GetScreenshot().SaveAsFile(Path.Combine(folder, name + ".png"));
        }
    }
}
