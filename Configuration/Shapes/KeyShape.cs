namespace BifrostLite.Configuration.Shapes;

/// <summary>Shape of one entry of a provider's "keys", with the parts that only some providers read.</summary>
internal static class KeyShape
{
    private static readonly Shape Alias = Shape.Either(
        Shape.NotEmpty,
        Shape.Section(
            new Field("model_id", Shape.NotEmpty, "The provider's name of the model.").Required(),
            new("model_name", Shape.Text, "Name used for prices."),
            new("model_family", Shape.OneOf("anthropic", "openai", "mistral", "cohere", "gemini", "gemma", "llama", "imagen", "veo", "nova", "titan"),
                "Family of the model.", null, Effect.NotYet),
            new("description", Shape.Literal, "For people."),
            new("region", Shape.Setting, "Region of this model."),
            new("api_version", Shape.Text, "Azure API version of this model."),
            new("anthropic_version", Shape.Text, "anthropic-version of this model.", null, Effect.NotYet),
            new("endpoint", Shape.Url, "Azure endpoint of this model."),
            new("project_id", Shape.Setting, "Google Cloud project of this model."),
            new("project_number", Shape.Setting, "Google Cloud project number of this model.", null, Effect.NotYet),
            new("force_single_region", Shape.Flag, "Never leave the region.", null, Effect.NotYet),
            new("inference_profile_arn", Shape.Setting, "Bedrock inference profile of this model."),
            new("use_deployments_endpoint", Shape.Flag, "Replicate deployment instead of a model.", null, Effect.NotYet))
            .Named("alias"));

    private static readonly Shape Bedrock = Shape.Section(
        new("access_key", Shape.Secret, "AWS access key id.", "\"\""),
        new("secret_key", Shape.Secret, "AWS secret access key.", "\"\""),
        new("session_token", Shape.Secret, "AWS session token.", "\"\""),
        new("region", Shape.Setting, "AWS region; absent: the environment's.", "\"\""),
        new("arn", Shape.Setting, "Inference profile ARN put before model ids.", "\"\""),
        new("profile", Shape.Setting, "Name of a profile in ~/.aws (this gateway's own key).", "\"\""),
        new("role_arn", Shape.Setting, "Role to assume.", "\"\""),
        new("external_id", Shape.Setting, "External id given when assuming the role.", "\"\""),
        new("session_name", Shape.Setting, "Name of the assumed role's session.", "\"\""),
        new("role_session_name", Shape.Setting, "Same as session_name.", "\"\""),
        new("deployments", Shape.TextMap, "Caller's model name to the provider's (old place of aliases)."),
        new("project_id", Shape.Setting, "Bedrock project of the OpenAI-compatible surface.", null, Effect.NotYet),
        new("batch_s3_config", Shape.Anything, "Buckets for batch jobs.", null, Effect.NotYet))
        .Named("bedrock_key_config");

    private static readonly Shape Azure = Shape.Section(
        new Field("endpoint", Shape.Url, "Address of the Azure resource.").Required(),
        new("api_version", Shape.Text, "Azure API version.", "\"\""),
        new("deployments", Shape.TextMap, "Caller's model name to the deployment's."),
        new("client_id", Shape.Setting, "Entra application that signs in; absent: the key's value, else AZURE_* variables or the machine's identity.", "\"\""),
        new("client_secret", Shape.Secret, "Entra application secret.", "\"\""),
        new("tenant_id", Shape.Setting, "Entra tenant.", "\"\""),
        new("scopes", Shape.Texts, "Entra scopes.", "[\"https://cognitiveservices.azure.com/.default\"]"))
        .Named("azure_key_config");

    private static readonly Shape Vertex = Shape.Section(
        new Field("project_id", Shape.NotEmpty with { TakesReference = true }, "Google Cloud project.").Required(),
        new("project_number", Shape.Setting, "Google Cloud project number.", null, Effect.NotYet),
        new Field("region", Shape.NotEmpty with { TakesReference = true }, "Google Cloud region.").Required(),
        new("auth_credentials", Shape.Secret, "Service account as JSON.", "\"\""),
        new("deployments", Shape.TextMap, "Caller's model name to the provider's (old place of aliases)."),
        new("force_single_region", Shape.Flag, "Never leave the region.", "false", Effect.NotYet))
        .Named("vertex_key_config");

    public static readonly Shape Value = Shape.Section(
        new("id", Shape.Text, "Identifier of the key.", "\"\""),
        new("name", Shape.Text, "Name of the key, unique within the provider.", "\"\""),
        new("value", Shape.Secret, "The credential, or env.NAME.", "\"\""),
        new("models", Shape.Texts, "Models the key may serve: [\"*\"] for all; absent or [] for none (version 1: for all).", "[]"),
        new("blacklisted_models", Shape.Texts, "Models the key must not serve.", "[]"),
        new("weight", Shape.Real(0, 1_000_000), "Share of the requests among the keys that may serve a model.", "1"),
        new("enabled", Shape.Flag, "Whether the key is used.", "true"),
        new("aliases", Shape.MapOf(Alias), "Caller's model name to the provider's."),
        new("use_for_batch_api", Shape.Flag, "The key may be used for batch jobs.", "false", Effect.NotYet),
        new("description", Shape.Literal, "For people."),
        new("config_hash", Shape.Text, "Bifrost's bookkeeping.", null, Effect.Bookkeeping),
        new("status", Shape.Text, "Bifrost's bookkeeping.", null, Effect.Bookkeeping),
        new("bedrock_key_config", Bedrock, "AWS credentials and region."),
        new("bedrock_mantle_key_config", Bedrock, "AWS credentials and region."),
        new("azure_key_config", Azure, "Azure resource."),
        new("vertex_key_config", Vertex, "Google Cloud project."),
        new("ollama_key_config", Server("ollama"), "Where Ollama listens."),
        new("sgl_key_config", Server("sgl"), "Where SGLang listens."),
        new("vllm_key_config", Shape.Section(
            new Field("url", Shape.Url, "Where vLLM listens.").Required(),
            new("model_name", Shape.Text, "The one model vLLM serves there.", "\"\"")).Named("vllm_key_config"), "Where vLLM listens."),
        new("replicate_key_config", Shape.Section(
            new Field("use_deployments_endpoint", Shape.Flag, "Deployments instead of models.", "false")).Named("replicate_key_config"),
            "Replicate's own switches.", null, Effect.NotYet))
        .Named("key");

    private static Shape Server(string name) =>
        Shape.Section(new Field("url", Shape.Url, "Where the server listens.").Required()).Named(name + "_key_config");
}
