FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src src
RUN dotnet publish src/DataHub.Server -c Release -o /app -p:RestoreLockedMode=true

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# The keys' folder is the hub's alone.
RUN install -d -m 700 -o $APP_UID -g $APP_UID /var/lib/datahub
WORKDIR /app
COPY --from=build /app .
ENV ASPNETCORE_URLS=http://0.0.0.0:8080 DATAHUB_HOME=/var/lib/datahub
USER $APP_UID
VOLUME /var/lib/datahub
EXPOSE 8080
ENTRYPOINT ["dotnet", "DataHub.Server.dll"]
