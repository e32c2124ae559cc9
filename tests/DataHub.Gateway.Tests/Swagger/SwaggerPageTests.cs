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
    public async Task A_person_signs_in_and_tries_a_call()
    {
        Assert.SkipUnless(File.Exists(Browser) && File.Exists(Driver), "chromium and chromedriver are not installed");
        await using var hub = await HubServer.StartAsync(new HubServerOptions { OnPort = true });
        var profile = Directory.CreateTempSubdirectory("hub-browser-");
        try
        {
            using var service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(Driver), Path.GetFileName(Driver));
            service.SuppressInitialDiagnosticInformation = true;
            using var browser = new ChromeDriver(service, Options(profile.FullName));
            await TryMeAsync(browser, hub);
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
        Screenshot(browser);

        Assert.StartsWith("200", status.Text, StringComparison.Ordinal);
        Assert.Contains(HubServer.AdminId, body.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Manage().Logs.GetLog(LogType.Browser),
            line => line.Message.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase));
        // A closed page forgets the token.
        Assert.DoesNotContain("ey", browser.ExecuteScript("return JSON.stringify(window.localStorage)") as string ?? "", StringComparison.Ordinal);
    }

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
    private static void Screenshot(ChromeDriver browser)
    {
        if (Environment.GetEnvironmentVariable("DATAHUB_SCREENSHOTS") is { Length: > 0 } folder)
        {
            browser.GetScreenshot().SaveAsFile(Path.Combine(folder, "swagger.png"));
        }
    }
}
