namespace Azure.Core;

/// <summary>The type that ClrMD names and this program never makes one of: it downloads nothing.</summary>
public abstract class TokenCredential;

/// <summary>What one would give.</summary>
public readonly struct AccessToken;

/// <summary>What one would be asked for.</summary>
public readonly struct TokenRequestContext;
