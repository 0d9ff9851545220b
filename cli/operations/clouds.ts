/** Azure's clouds as the setting `cloudEnvironment` calls them (docs/settings.md). */
export const CLOUDS = ["public", "government", "china"] as const;
export type Cloud = (typeof CLOUDS)[number];

/** Where a cloud's services are, and what az calls it. */
export interface CloudServices {
    /** Azure Resource Manager. */
    readonly resourceManager: string;
    /** Entra ID's login. */
    readonly authority: string;
    /** `az cloud set --name …` */
    readonly azName: string;
}

/** Source: `az cloud list` of azure-cli 2.91 and `AzureAuthorityHosts` of @azure/identity. */
export const CLOUD_SERVICES: Readonly<Record<Cloud, CloudServices>> = {
    public: {
        resourceManager: "https://management.azure.com",
        authority: "https://login.microsoftonline.com",
        azName: "AzureCloud",
    },
    government: {
        resourceManager: "https://management.usgovcloudapi.net",
        authority: "https://login.microsoftonline.us",
        azName: "AzureUSGovernment",
    },
    china: {
        resourceManager: "https://management.chinacloudapi.cn",
        authority: "https://login.chinacloudapi.cn",
        azName: "AzureChinaCloud",
    },
};
