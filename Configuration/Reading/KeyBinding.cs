namespace BifrostLite.Configuration.Reading;

/// <summary>Turns one checked entry of "keys" into a <see cref="KeyConfig"/>.</summary>
internal static class KeyBinding
{
    private static readonly IReadOnlyList<string> All = ["*"];

    /// <summary>Members of an alias that say where its model is.</summary>
    private static readonly string[] Placing = ["region", "endpoint", "api_version", "project_id", "inference_profile_arn"];

    public static KeyConfig Bind(Section key, string provider, int index, int version)
    {
        var name = key.Text("name") is { Length: > 0 } given ? given : $"{provider}-{index + 1}";
        var bound = new KeyConfig
        {
            Id = key.Text("id") is { Length: > 0 } id ? id : name,
            Name = name,
            Value = key.Secret("value"),
            Models = Models(key, version),
            BlacklistedModels = key.Texts("blacklisted_models") ?? [],
            Weight = key.Real("weight"),
            Aliases = Aliases(key),
            ServerUrl = (key.Raw("ollama_key_config") ?? key.Raw("sgl_key_config") ?? key.Raw("vllm_key_config"))?.TextOf("url") is { } url ? new Uri(url) : null,
            Bedrock = BindBedrock(key.Child(key.Has("bedrock_mantle_key_config") ? "bedrock_mantle_key_config" : "bedrock_key_config")),
            Azure = BindAzure(key.Child("azure_key_config")),
            Vertex = BindVertex(key.Child("vertex_key_config")),
        };
        return WithAliases(bound, key.Raw("aliases")?.Members ?? []);
    }

    /// <summary>What an alias says beyond the model's name at the provider.</summary>
    private static KeyConfig WithAliases(KeyConfig key, IReadOnlyList<Member> aliases)
    {
        var names = new Dictionary<string, string>();
        var variants = new Dictionary<string, KeyConfig>();
        foreach (var (name, _, alias) in aliases)
        {
            if (alias.TextOf("model_name") is { Length: > 0 } canonical)
            {
                names[name] = canonical;
            }

            if (Array.Exists(Placing, member => alias[member] is not null))
            {
                variants[alias.TextOf("model_id")!] = Placed(key, alias);
            }
        }

        return names.Count + variants.Count == 0 ? key
            : key with { ModelNames = names.Count > 0 ? names : null, Variants = variants.Count > 0 ? variants : null };
    }

    private static KeyConfig Placed(KeyConfig key, Node alias) => key with
    {
        Azure = key.Azure is { } azure
            ? azure with { Endpoint = alias.TextOf("endpoint") ?? azure.Endpoint, ApiVersion = alias.TextOf("api_version") ?? azure.ApiVersion }
            : null,
        Bedrock = key.Bedrock is { } bedrock
            ? bedrock with { Region = alias.TextOf("region") ?? bedrock.Region, Arn = alias.TextOf("inference_profile_arn") ?? bedrock.Arn }
            : null,
        Vertex = key.Vertex is { } vertex
            ? vertex with { Region = alias.TextOf("region") ?? vertex.Region, ProjectId = alias.TextOf("project_id") ?? vertex.ProjectId }
            : null,
    };

    /// <summary>A list that is missing or empty allows nothing; in version 1 of the file it allows everything. A vLLM server has one model.</summary>
    private static IReadOnlyList<string> Models(Section key, int version)
    {
        var models = key.Texts("models") ?? [];
        var allowed = models.Count == 0 && version == 1 ? All : models;
        return key.Child("vllm_key_config").Text("model_name") is not { Length: > 0 } only ? allowed : ListedModels.Hold(allowed, only) ? [only] : [];
    }

    private static Dictionary<string, string> Aliases(Section key)
    {
        var aliases = new Dictionary<string, string>();
        foreach (var older in (string[])["bedrock_key_config", "vertex_key_config"])
        {
            foreach (var member in key.Raw(older)?.MembersOf("deployments") ?? [])
            {
                aliases[member.Name] = member.Value.Text;
            }
        }

        foreach (var member in key.Raw("aliases")?.Members ?? [])
        {
            aliases[member.Name] = member.Value.Kind == NodeKind.Section ? member.Value.TextOf("model_id")! : member.Value.Text;
        }

        return aliases;
    }

    private static BedrockKeyConfig? BindBedrock(Section bedrock) => !bedrock.IsGiven ? null : new BedrockKeyConfig
    {
        AccessKey = bedrock.Secret("access_key"),
        SecretKey = bedrock.Secret("secret_key"),
        SessionToken = bedrock.Secret("session_token"),
        Region = bedrock.Text("region"),
        Arn = bedrock.Text("arn"),
        Profile = bedrock.Text("profile"),
        RoleArn = bedrock.Text("role_arn"),
        ExternalId = bedrock.Text("external_id"),
        RoleSessionName = bedrock.Text("session_name") is { Length: > 0 } name ? name : bedrock.Text("role_session_name"),
    };

    private static AzureKeyConfig? BindAzure(Section azure) => !azure.IsGiven ? null : new AzureKeyConfig
    {
        Endpoint = azure.Text("endpoint"),
        ApiVersion = azure.Text("api_version"),
        ClientId = azure.Text("client_id"),
        ClientSecret = azure.Secret("client_secret"),
        TenantId = azure.Text("tenant_id"),
        Scopes = azure.Texts("scopes") ?? [],
        Deployments = azure.TextMap("deployments"),
    };

    private static VertexKeyConfig? BindVertex(Section vertex) => !vertex.IsGiven ? null : new VertexKeyConfig
    {
        ProjectId = vertex.Text("project_id"),
        Region = vertex.Text("region"),
        AuthCredentials = vertex.Secret("auth_credentials"),
    };
}
